"""How commands end: exit codes, words on stderr, JSON on stdout, never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from etude import errors
from etude.cli import _interrupts
from etude.cli.main import READER_GONE

from .conftest import SOURCE, FakeProject, Ran, process

EVERY = [
    (errors.GateNotMet("gate"), 1),
    (errors.UsageError("usage"), 2),
    (errors.UnknownName("name"), 2),
    (errors.TaskError("etude.yaml", [errors.Problem(3, "bar", "is odd", "even", "mend")]), 2),
    (errors.DataError("data", where="a.csv, line 7", expected="a label", hint="look"), 3),
    (errors.StoreError("disk"), 3),
    (errors.ModelError("model"), 4),
    (errors.MissingDependency("library", hint="pip install x"), 4),
    (errors.EndpointError("endpoint"), 4),
    (errors.SpendLimitReached("limit"), 5),
    (errors.Interrupted("stopped", hint="etude compare goes on"), 130),
]


@pytest.mark.parametrize(("error", "code"), EVERY, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("verb", ["check", "compare", "run", "report", "predict"])
def test_each_error_has_its_code(
    verb: str,
    error: errors.EtudeError,
    code: int,
    project: FakeProject,
    command: Callable[..., Ran],
) -> None:
    project.fails = error
    args = [verb, "a text"] if verb == "predict" else [verb]
    done = command(*args)
    assert done.code == code == type(error).exit_code
    assert error.found in done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    in_json = command(*args, "--json")
    assert in_json.code == code
    assert in_json.json["schema"] == 1
    told = in_json.json["error"]
    assert told["kind"] == type(error).__name__
    assert (told["found"], told["where"], told["expected"], told["next"]) == (
        error.found,
        error.where,
        error.expected,
        error.hint,
    )
    assert error.found in in_json.err


def test_every_problem_of_a_task_file_is_in_the_json(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    problem = errors.Problem(3, "bar.at_least", "is 90", "0 to 1", "write 0.9")
    project.fails = errors.TaskError("etude.yaml", [problem, errors.Problem(None, "kind", "gone")])
    assert command("check", "--json").json["error"]["problems"] == [
        {
            "line": 3,
            "field": "bar.at_least",
            "found": "is 90",
            "expected": "0 to 1",
            "next": "write 0.9",
        },
        {"line": None, "field": "kind", "found": "gone", "expected": None, "next": None},
    ]
    assert "line 3, bar.at_least: is 90" in command("check").err


def test_nearest_verb(command: Callable[..., Ran]) -> None:
    done = command("comapre")
    assert done.code == 2
    assert "did you mean compare?" in done.err
    assert command("frobnicate").code == 2
    told = command("comapre", "--json").json["error"]
    assert told["kind"] == "UnknownName"
    assert "compare" in told["next"]


def test_wrong_options(command: Callable[..., Ran], project: FakeProject) -> None:
    for args in (
        ["compare", "--qick"],
        ["compare", "--seeds", "x"],
        ["compare", "--seeds", "0"],
        ["new"],
        ["check", "extra"],
        ["--nope"],
    ):
        done = command(*args)
        assert done.code == 2, args
        assert "--help" in done.err
        assert "Traceback" not in done.err
    told = command("compare", "--qick", "--json").json["error"]
    assert told["kind"] == "UsageError"
    assert "--quick" in told["found"]
    assert told["next"] == "etude compare --help"
    assert not project.calls


def test_a_fault_of_our_own_is_one_message_and_a_file(
    project: FakeProject, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.root / ".etude").mkdir()
    project.fails = ZeroDivisionError("secret row 17")
    done = command("compare")
    assert done.code == 70
    assert "Traceback" not in done.err
    assert "secret row 17" not in done.err
    assert "ZeroDivisionError" in done.err
    log = next((project.root / ".etude").glob("etude-error-*.log"))
    assert str(log) in done.err
    assert "Traceback" in log.read_text()
    assert "secret row 17" in log.read_text()
    told = command("compare", "--json")
    assert told.code == 70
    assert told.json["error"]["kind"] == "InternalError"
    assert Path(told.json["error"]["where"]).exists()
    monkeypatch.setenv("ETUDE_TRACEBACK", "1")
    assert "Traceback" in command("compare").err


def test_the_file_goes_to_the_temporary_folder_where_there_is_no_project_folder(
    project: FakeProject,
    command: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    elsewhere = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(elsewhere))
    project.fails = RuntimeError("x")
    assert command("compare").code == 70
    assert len(list(elsewhere.glob("etude-error-*.log"))) == 1


def test_no_project_here(
    command: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command("check")
    assert done.code == 2
    assert "etude new" in done.err
    assert command("check", "--project", str(tmp_path / "nowhere")).code == 2
    assert command("check", "--project", str(tmp_path)).code == 2


def test_the_project_is_found_from_a_folder_inside(
    project: FakeProject, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project.root
    inside = root / "data" / "more"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert command("check").code == 0
    assert project.root == root
    monkeypatch.chdir(root.parent)
    for named in (root, root / "etude.yaml"):
        assert command("check", "--project", str(named)).code == 0
        assert project.root == root


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), typer.Abort()])
def test_a_stop_is_no_traceback(
    stop: BaseException, project: FakeProject, command: Callable[..., Ran]
) -> None:
    project.fails = stop
    done = command("compare", "--json")
    assert done.code == 130
    assert done.json["error"]["kind"] == "Interrupted"
    assert "stopped" in done.err
    assert "error:" not in done.err


STUBBORN = """
import signal, sys, time
from etude.cli import _interrupts
try:
    with _interrupts.twice_safe():
        try:
            print("ready", flush=True)
            time.sleep(60)
        finally:
            print("tidying", flush=True)
            sys.stdin.readline()
            print("tidied", flush=True)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("presses", "tidied"), [(1, True), (2, True), (3, False)])
def test_ctrl_c_again_and_again(presses: int, tidied: bool) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", STUBBORN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    child.send_signal(signal.SIGINT)
    assert child.stdout.readline() == "tidying\n"
    warned = ""
    if presses > 1:
        child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        while "Ctrl-C once more" not in warned:
            warned += child.stderr.readline()
    if presses > 2:
        child.send_signal(signal.SIGINT)
        child.wait(60)
    out, err = child.communicate("done\n" if tidied else None, timeout=60)
    assert child.returncode == 130
    assert ("tidied" in out) == tidied
    assert ("Ctrl-C once more" in warned + err) == (presses > 1)
    assert "Traceback" not in err


RESTARTING = """
import os, signal, sys, threading, time
from etude.cli import _interrupts
with _interrupts.twice_safe():
    import polars
    _interrupts.stay_interruptible()
    try:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        sys.stdin.readline()
    except KeyboardInterrupt:
        print("heard at once")
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_prompt_hears_ctrl_c_although_polars_is_there() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", RESTARTING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "heard at once\n"  # stdin is open, and silent
    child.communicate(timeout=30)


@pytest.fixture
def heard_interrupts() -> Iterator[None]:
    """Ctrl-C as at a terminal: a process started in the background may be told to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_interrupts")
def test_interrupts_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with _interrupts.twice_safe():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(os.name == "nt", reason="a shell")
def test_the_reader_may_go_before_the_end(tmp_path: Path) -> None:
    program = "import sys; from etude.cli.main import run; sys.exit(run(['--help']))"
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -c "{program}" | true; echo ${{PIPESTATUS[0]}}'],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        check=False,
    )
    assert done.stdout.strip() in (str(READER_GONE), "0")  # 0: it had written before that
    assert "BrokenPipe" not in done.stderr
    closed = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -c "{program}" > /dev/full'],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        check=False,
    )
    assert closed.returncode != 0
    assert "Traceback" not in closed.stderr


def test_ascii_terminals_get_every_word(tmp_path: Path) -> None:
    done = process("--help", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "compare" in done.out
