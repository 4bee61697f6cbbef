"""People's own functions: what they may return, and that nothing they do harms the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etude.checks import Check, Subject, check_problems, compile_checks, run_checks

CODE = '''
import os, subprocess, sys, time
import helper
print("noise while it is imported")

def answers(output, context):
    """Does what the answer says."""
    print("noise", flush=True)
    os.write(1, b"more noise\\n")
    return eval(output, {**globals(), "context": context})

def hangs():
    time.sleep(60)

def spawns(marker):
    subprocess.Popen([sys.executable, "-c", f"import time; {marker!r}; time.sleep(60)"])
    time.sleep(60)

class Odd(Exception):
    def __str__(self):
        raise RuntimeError

def raises(error):
    raise error

def get_assert(output, context):
    return output == context["vars"]["title"]
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "checks.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "helper.py").write_text("WORD = 'from a neighbour'\n", encoding="utf-8")
    return tmp_path


def compiled(folder: Path, **more: object) -> Check:
    spec = {"type": "python", "value": "checks.py:answers", "timeout_s": 20, **more}
    return compile_checks([spec], folder)[0]


@pytest.mark.parametrize(
    ("answer", "passed", "reason"),
    [
        ("True", True, "checks.py:answers says yes"),
        ("False", False, "checks.py:answers says no"),
        ("(False, 'is rude')", False, "is rude"),
        ("[True, 'is kind']", True, "is kind"),
        ("{'pass': True}", True, "checks.py:answers says yes"),
        ("{'pass_': False, 'reason': 'is rude'}", False, "is rude"),
        (
            "{'pass': True, 'score': 0.2, 'reason': 'so so'}",
            False,
            "at least 0.5 is asked for: so so",
        ),
        ("0.7", True, "gives 0.7; at least 0.5 is asked for"),
        ("0.2", False, "gives 0.2; at least 0.5 is asked for"),
        ("__import__('numpy').bool_(True)", True, "says yes"),
        ("len('x' * 1_000_000) == 1_000_000", True, "says yes"),
        ("context['vars'] == {'title': 'Bear ☃'}", True, "says yes"),
        ("(context['input'], context['target']) == ('in', None)", True, "says yes"),
        ("context['passages'] == ['a passage']", True, "says yes"),
        ("helper.WORD == 'from a neighbour'", True, "says yes"),
        ("sys.path[0] != '' and os.getcwd() != ''", True, "says yes"),
        ("None", False, "checks.py:answers returned None (NoneType); expected True or False"),
        ("'yes'", False, "returned 'yes' (str)"),
        ("float('nan')", False, "returned the score nan (float)"),
        ("raises(ValueError('bad ü'))", False, "stopped with ValueError: bad ü (line 24)"),
        ("raises(Odd())", False, "stopped with Odd (line 24)"),
        ("sys.exit(3)", False, "stopped with SystemExit: 3"),
        ("input()", False, "stopped with EOFError"),
        ("os._exit(7)", False, "ended its process (exit code 7)"),
        ("os.kill(os.getpid(), 9)", False, "ended its process (exit code -9)"),
    ],
)
def test_verdicts_and_faults(folder: Path, answer: str, passed: bool, reason: str) -> None:
    check = compiled(folder, threshold=0.5)
    try:
        found = check.run(Subject(answer, "in", None, {"title": "Bear ☃"}, ("a passage",)))
        assert found.passed is passed, found.reason
        assert reason in found.reason
        again = check.run(Subject("True"))  # whatever it did, the next answer is judged
        assert again.passed
    finally:
        check.close()


def test_a_number_without_a_threshold_passes_above_zero(folder: Path) -> None:
    table = run_checks([compiled(folder)], [Subject("0.1"), Subject("0"), Subject("-1.5")])
    assert table.passed_NC[:, 0].tolist() == [1, 0, 0]


def test_not_turns_a_verdict_and_no_fault(folder: Path) -> None:
    check = compile_checks([{"type": "not-python", "value": "checks.py:answers"}], folder)[0]
    table = run_checks(
        [check], [Subject("True"), Subject("False"), Subject("None"), Subject("1/0")]
    )
    assert table.passed_NC[:, 0].tolist() == [0, 1, 0, 0]


def test_what_hangs_is_killed_with_all_that_it_started(folder: Path) -> None:
    marker = f"marker-{os.getpid()}-{time.monotonic_ns()}"
    never_done = "[0 for x in iter(int, 1) if x]"
    answers = ["True", "hangs()", f"spawns('{marker}')", never_done, "True"]
    check = compiled(folder, timeout_s=0.3)
    began = time.monotonic()
    table = run_checks([check], [Subject(answer) for answer in answers])
    assert time.monotonic() - began < 50  # what hangs would take 60 seconds
    assert table.passed_NC[:, 0].tolist() == [1, 0, 0, 0, 1]
    assert table.reasons[1, 0] == "checks.py:answers was not done in 0.3 seconds"
    assert not running(marker)


def test_big_answers_pass_through(folder: Path) -> None:
    code = "def ok(output, context):\n    return len(output) == 3_000_001, 'r' * 10_000_000\n"
    (folder / "size.py").write_text(code)
    check = compile_checks([{"type": "python", "value": "size.py:ok"}], folder)[0]
    try:
        found = check.run(Subject("é" * 3_000_001))
    finally:
        check.close()
    assert found.passed
    assert len(found.reason) < 1000


def test_half_a_character_pair_passes_through(folder: Path) -> None:
    (folder / "odd.py").write_text("def ok(output, context):\n    return output == '\\ud800'\n")
    assert run_checks(
        compile_checks([{"type": "python", "value": "odd.py:ok"}], folder), [Subject("\ud800")]
    ).passed_NC.tolist() == [[1]]


def test_sets_are_in_the_same_order_every_time(folder: Path) -> None:
    code = "def f(o, c):\n    return False, ' '.join({'a', 'b', 'c', 'd', 'e', 'f'})\n"
    (folder / "order.py").write_text(code)
    spec = {"type": "python", "value": "order.py:f"}
    first, second = (
        run_checks(compile_checks([spec], folder), [Subject("")]).reasons[0, 0] for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("checks.py:answer", "no function 'answer'; expected one of answers"),
        ("check.py:answers", "there is no file check.py"),
        ("../checks.py:f", "../checks.py leads out of the project folder"),
        ("/etc/hosts.py:f", "leads out of the project folder"),
        ("link.py:f", "leads out of the project folder"),
        ("len(output) > 3", "write the expression as a function in a file"),
        ("broken.py:f", "broken.py stopped with SyntaxError"),
        ("late.py:f", "late.py stopped with ZeroDivisionError: division by zero (line 2)"),
        ("ends.py:f", "ends.py ended its process (exit code 5)"),
        ("constant.py:f", "constant.py has no function 'f'"),
        (3, "found 3"),
    ],
)
def test_what_can_not_run_is_a_fault_of_the_task_file(
    folder: Path, value: object, said: str
) -> None:
    outside = folder.parent / f"{folder.name}-outside.py"
    outside.write_text("def f(o, c): return True\n")
    (folder / "link.py").symlink_to(outside)
    (folder / "broken.py").write_text("def f(:\n")
    (folder / "late.py").write_text("import os\n1 / 0\n")
    (folder / "ends.py").write_text("import os\nos._exit(5)\n")
    (folder / "constant.py").write_text("f = 3\n")
    problems = check_problems([{"type": "python", "value": value}], folder)
    assert [problem.field for problem in problems] == ["checks[0].value"]
    assert said in str(problems[0])


def test_promptfoo_spelling(folder: Path) -> None:
    check = compile_checks([{"type": "python", "value": "file://checks.py"}], folder)[0]
    table = run_checks([check], [Subject(text, fields={"title": "a"}) for text in ("a", "b")])
    assert table.passed_NC[:, 0].tolist() == [1, 0]


def test_no_bytecode_is_left_in_the_project(folder: Path) -> None:
    run_checks([compiled(folder)], [Subject("True")])
    assert not (folder / "__pycache__").exists()


INTERRUPTED = """
import sys
from pathlib import Path
from etude.checks import Subject, compile_checks, run_checks
spec = {"type": "python", "value": "checks.py:answers", "timeout_s": 60}
checks = compile_checks([spec], Path(sys.argv[1]))
print("ready", flush=True)
run_checks(checks, [Subject(f"open({sys.argv[1] + '/started'!r}, 'w').close() or hangs()")])
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_child_outlives_its_parent(folder: Path, number: int) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: (folder / "started").exists())
    children = children_of(parent.pid)
    assert children
    parent.send_signal(number)
    parent.wait(60)
    assert parent.stdout is not None
    parent.stdout.close()
    wait_for(lambda: not any(alive(child) for child in children))


def wait_for(condition: object) -> None:
    until = time.monotonic() + 60
    assert callable(condition)
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True
    )
    return [int(line) for line in listed.stdout.split()]


def alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


def running(marker: str) -> bool:
    listed = subprocess.run(["ps", "-eo", "stat=,args="], capture_output=True, text=True)
    return any(marker in line and not line.startswith("Z") for line in listed.stdout.splitlines())
