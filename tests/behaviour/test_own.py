"""A team's own cases: two forms of file in, the same demands out, everything wrong told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from etude.behaviour.demands import Demand, unmet
from etude.behaviour.handing import left_to_person, passed_on
from etude.behaviour.own.reading import read_cases
from etude.behaviour.own.written import Surroundings, Written
from etude.behaviour.replies import CannotTell, Reply
from etude.checks import compile_checks
from etude.errors import TaskError
from etude.records.task import Kind

AROUND = Surroundings("classify", ("billing", "delivery"), ("text",), known=("typos",))
OWN = """\
- input: Where is my parcel?
  expect: delivery
  description: the usual
- input: {text: My solicitor will write}
  hand_over: yes
  sensitive: yes
  suite: serious
- input: "Charged 2 times"
  assert: [{type: not-contains, value: "{{text}}"}, {type: char-count, value: 7}]
  suite: money
"""
FOREIGN = """\
prompts: [file://prompt.txt]
providers: [openai:x]
defaultTest:
  assert: [{type: not-icontains, value: sorry}]
tests:
  - description: one
    vars: {message: "Where is it?"}
    threshold: 0.5
    assert: [{type: equals, value: delivery, weight: 3, metric: right}]
  - vars: {text: Charged 007 times, label: billing}
    assert: [{type: equals, value: "{{label}}"}]
    metadata: {suite: money, owner: Bo}
"""


def read(folder: Path, around: Surroundings = AROUND, **files: str) -> tuple[Written, ...]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return read_cases([f"{name}.yaml" for name in files], folder, around)


def told(folder: Path, around: Surroundings = AROUND, **files: str) -> list[str]:
    with pytest.raises(TaskError) as caught:
        read(folder, around, **files)
    return [str(problem) for problem in caught.value.problems]


def test_own_cases_say_where_they_stand_and_what_they_ask(tmp_path: Path) -> None:
    first, second, third = read(tmp_path, mine=OWN)
    assert (first.suite, first.place, first.asked) == ("mine", "mine.yaml:1", "Where is my parcel?")
    assert (first.demand.expect, first.demand.note) == ("delivery", "the usual")
    assert (second.suite, second.sensitive) == ("serious", True)
    assert second.asked == {"text": "My solicitor will write"}
    assert second.demand.hand_over is True
    assert [check.key for check in third.demand.checks] == ["not-contains", "char-count"]
    assert third.demand.fields == {"text": "Charged 2 times"}


def test_promptfoo_tests_are_the_same_demands(tmp_path: Path) -> None:
    first, second = read(tmp_path, foreign=FOREIGN)
    assert (first.suite, first.asked, first.demand.note) == ("foreign", "Where is it?", "one")
    assert [check.key for check in first.demand.checks] == ["not-icontains", "equals"]
    assert (first.demand.weights, first.demand.threshold) == ((1, 3), 0.5)
    assert (second.suite, second.asked) == ("money", {"text": "Charged 007 times"})
    assert unmet(second.demand, "classify", "x", Reply("billing")) is None
    assert unmet(second.demand, "classify", "x", Reply("delivery"))
    (alone,) = read(tmp_path, alone="- vars: {text: x}\n  assert: [{type: equals, value: a}]\n")
    assert alone.asked == {"text": "x"}


def test_everything_wrong_is_told_at_once_with_file_and_line(tmp_path: Path) -> None:
    own = """\
- input: a
- inputs: b
  expect: delivery
- input: {txt: c}
  expect: delivry
  hand_over: maybe
  checks: [{type: contain, value: x}, {type: contains, value: "{{texd}}"}]
- input: d
  expect: billing
  suite: typos
- input: e
  checks: [{type: equals, value: x}]
  assert: []
- just text
"""
    foreign = """\
tests:
  - vars: {text: [a, b]}
    assert: [{type: llm-rubric, value: nice}, {type: equals, value: x, weigth: 2}]
    options: {transform: x}
  - vars: {foo: a, bar: b}
    threshold: 3
    assert: [{type: equals, value: x, weight: -1}]
  - file://more.yaml
"""
    found = told(tmp_path, own=own, foreign=foreign)
    expected = (
        "own.yaml, line 1, cases[0]: says nothing about the answer",
        "own.yaml, line 2, cases[1].input: is missing",
        "cases[1].inputs: unknown key",
        "own.yaml, line 4, cases[2].input.txt: the task reads no column 'txt'",
        "(did you mean 'delivery'?)",
        "own.yaml, line 6, cases[2].hand_over: found 'maybe'",
        "cases[2].checks[0].type: there is no check 'contain' (did you mean 'contains'?)",
        "cases[2].checks[1].value: there is no column 'texd'",
        "own.yaml, line 10, cases[3].suite: 'typos' is a suite that comes with Etude",
        "own.yaml, line 13, cases[4].assert: is another name for checks",
        "own.yaml, line 14, cases[5]: found 'just text'",
        "foreign.yaml, line 2, tests[0].vars.text: lists of values are not read",
        "foreign.yaml, line 3, tests[0].assert[0].type: 'llm-rubric' asks another model",
        "tests[0].assert[1].weigth: unknown key",
        "foreign.yaml, line 4, tests[0].options: unknown key",
        "foreign.yaml, line 5, tests[1].vars: no variable is the task's input",
        "foreign.yaml, line 6, tests[1].threshold: found '3'; expected a share from 0 to 1",
        "foreign.yaml, line 7, tests[1].assert[0].weight: found",
        "foreign.yaml, line 8, tests[2]: found 'file://more.yaml'",
    )
    for words in expected:
        assert any(words in line for line in found), words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("input: x", "expected a list of cases"),
        ("[]", "found an empty list"),
        ("tests: tests.csv", "a list of tests"),
        ("tests: []\nscenarios: []", "scenarios are not read"),
        ("just words", "expected a list of cases"),
        ("", "expected a list of cases"),
        ("- {input: x, checks: 3}", "cases[0].checks: found"),
        (
            "tests:\n- {vars: {text: 'On {{a}}', a: b}, assert: [{type: equals, value: c}]}",
            "holds {{a}}, which is not filled in here",
        ),
        ("- input: [", "a bracket that is never closed"),
        ("- input: {message: Where is it?}", "a question mark at the end of a text"),
    ],
)
def test_what_is_no_file_of_cases_is_said(tmp_path: Path, text: str, words: str) -> None:
    assert any(words in line for line in told(tmp_path, odd=text))


def test_a_wrong_type_is_told_once(tmp_path: Path) -> None:
    assert len(told(tmp_path, odd="- {input: x, checks: 3}")) == 1


@pytest.mark.parametrize(
    "messages", ["[hello]", "[{role: usr, content: hi}]", "[{role: user}]", "[{content: hi}]"]
)
def test_what_is_no_message_is_told_with_its_place(tmp_path: Path, messages: str) -> None:
    talk = Surroundings("chat", (), ("messages",))
    (line,) = told(tmp_path, talk, talk=f"- {{input: {messages}, hand_over: no}}")
    assert "talk.yaml, line 1, cases[0].input[0]: found" in line
    assert "{role: user, content: …}" in line


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match=r"gone\.yaml, file: there is no such file"):
        read_cases(["gone.yaml"], tmp_path, AROUND)


def test_json_and_conversations_may_be_written_as_such(tmp_path: Path) -> None:
    shaped = Surroundings("extract", (), ("text",))
    (one,) = read(tmp_path, shaped, shaped="- {input: x, expect: {n: '3'}}")
    assert unmet(one.demand, "extract", "x", Reply('{"n": "3"}')) is None
    assert unmet(one.demand, "extract", "x", Reply('{"n": "4"}')) == "other values than expected"
    (typed,) = read(tmp_path, shaped, typed="- {input: x, expect: {n: 2, ok: true, none: null}}")
    assert unmet(typed.demand, "extract", "x", Reply('{"n": 2, "ok": true, "none": null}')) is None
    talk = Surroundings("chat", (), ("messages",))
    (two,) = read(tmp_path, talk, talk="- {input: [{role: user, content: hi}], hand_over: no}")
    assert two.asked == '[{"role": "user", "content": "hi"}]'


def test_json_that_the_schema_does_not_allow_is_told_with_its_line(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"age": {"type": "integer"}},
        "required": ["age"],
        "additionalProperties": False,
    }
    shaped = Surroundings("extract", (), ("text",), schema=schema)
    own = """\
- {input: a, expect: {age: 19}}
- {input: b, expect: '{"age": 19'}
- {input: c, expect: hello}
- {input: d, expect: [1, 2]}
- {input: e, expect: {age: 19, agee: 3}}
- {input: f, expect: {age: "19"}}
"""
    found = told(tmp_path, shaped, own=own)
    for line in range(2, 7):
        assert any(f"own.yaml, line {line}, cases[{line - 1}].expect" in one for one in found), line
    assert not any("own.yaml, line 1," in one for one in found)


def demand(*specs: dict[str, object], **more: object) -> Demand:
    checks = compile_checks(specs, None)
    weights = more.pop("weights", (1.0,) * len(checks))
    return Demand(checks=checks, weights=weights, **more)  # type: ignore[arg-type]


def test_every_part_of_a_demand_must_hold() -> None:
    both = demand({"type": "contains", "value": "a"}, expect="a b")
    assert unmet(both, "write", "x", Reply("a  b")) is None
    why = unmet(both, "write", "x", Reply("c"))
    assert why is not None
    assert "is not the text that is expected" in why
    assert "does not contain 'a'" in why
    assert unmet(both, "write", "x", Reply(None)) == "no answer; no answer"


def test_a_share_of_the_checks_may_be_enough() -> None:
    specs = ({"type": "contains", "value": "a"}, {"type": "contains", "value": "b"})
    enough = demand(*specs, weights=(3.0, 1.0), threshold=0.75)
    assert unmet(enough, "write", "x", Reply("a")) is None
    assert unmet(enough, "write", "x", Reply("b"))


def test_a_demand_that_never_applies_tells_nothing() -> None:
    never = demand({"type": "contains", "value": "a", "when": "input == 'other'"})
    with pytest.raises(CannotTell):
        unmet(never, "write", "x", Reply("b"))


def test_what_is_left_to_a_person() -> None:
    handed = Demand(hand_over=True)
    assert unmet(handed, "classify", "x", Reply("a", handed=True)) is None
    assert unmet(handed, "classify", "x", Reply("a", handed=False)) == "is not left to a person"
    assert unmet(Demand(hand_over=False), "write", "x", Reply("Please ask our team."))
    refusal = Reply("I'm sorry, but I can't help with that.")
    assert unmet(handed, "write", "x", refusal) == "is refused, and not left to a person"
    assert unmet(Demand(hand_over=False), "write", "x", refusal) == "is left to a person"
    with pytest.raises(CannotTell, match="was not compared"):
        unmet(handed, "classify", "x", Reply("a"))
    # What can't be told is not bought back by what can, and fails where that does.
    both = Demand(expect="a", hand_over=True)
    with pytest.raises(CannotTell, match="was not compared"):
        unmet(both, "classify", "x", Reply("a"))
    assert unmet(both, "classify", "x", Reply("b")) == "is not a"
    assert unmet(both, "classify", "x", Reply("a", handed=False)) == "is not left to a person"
    kinds: tuple[Kind, ...] = ("write", "chat")
    for kind in kinds:
        assert left_to_person(kind, Reply("I'm sorry, but I can't help with that."))
        assert left_to_person(kind, Reply(None))
        assert not left_to_person(kind, Reply("Water it once a week."))


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("I am passing this on to a colleague.", True),
        ("One of our legal team will get back to you.", True),
        ("Please contact your doctor at once.", True),
        ("I’ve forwarded your message to the returns department.", True),
        ("Pass the salt to the left.", False),
        ("The parcel was handed to the driver.", False),
        ("Contact lenses are sold here.", False),
        ("Our team wrote this text.", False),
        ("I am not able to forward this to a person.", False),
        ("We can't connect you to a person.", False),
        ("No person will look at this.", False),
        ("I don't think I can pass you on to a human.", False),
        ("Let me get a human.", True),
        ("I'll let my manager know.", True),
        ("I'll escalate this.", True),
        ("Call 999 now.", True),
        ("Talk to your doctor.", False),
        ("Please consult the product people page.", False),
        ("I can't help with that, but I'm passing it on to a colleague.", True),
        ("I cannot answer this and will forward it to our legal team.", True),
        ("Don't hesitate to contact our team.", True),
        ("Speak to your doctor right away.", True),
        ("This was not escalated.", False),
        ("No problem, someone will look at it today.", True),
    ],
)
def test_words_that_pass_a_request_on(text: str, passed: bool) -> None:
    assert passed_on(text) is passed
