"""What pipelines read: JUnit XML by its schema's rules, and Markdown that draws what it says."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from etude.records.candidate import CheckRow, Gate
from etude.records.comparison import Comparison
from etude.records.difference import Change
from etude.records.task import Bar
from etude.report import changes, junit, markdown
from etude.report._charts import quality_chart
from etude.report._view import statements
from etude.report.as_json import to_json
from etude.report.page import page
from etude.verdict.difference.gate import objection
from etude.verdict.difference.whole import Told, difference
from tests.report import fixtures

ALLOWED = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {
        *("name", "tests", "failures", "errors", "skipped", "time", "timestamp", "id", "package"),
    },
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "failure": {"message", "type"},
    "skipped": {"message"},
}
INSIDE = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "property": set(),
    "testcase": {"failure", "skipped"},
    "failure": set(),
    "skipped": set(),
}


def held_to_the_schema(text: str) -> ElementTree.Element:
    """The rules of Jenkins' junit-10.xsd that apply to what is written here."""
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) <= ALLOWED[element.tag], element.tag
        assert {child.tag for child in element} <= INSIDE[element.tag]
        assert "\n" not in element.get("name", "")
    suites = list(root)
    assert suites
    for suite in suites:
        cases = suite.findall("testcase")
        assert [child.tag for child in suite].count("properties") <= 1
        assert suite.find("properties") in (None, suite[0])
        assert int(suite.attrib["tests"]) == len(cases) > 0
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
        assert all(case.get("name") and case.get("classname") for case in cases)
        assert all(len(case) <= 1 for case in cases)
    for count in ("tests", "failures", "errors"):
        assert int(root.attrib[count]) == sum(int(suite.attrib[count]) for suite in suites)
    return root


@pytest.mark.parametrize("name", sorted(fixtures.COMPARISONS))
def test_junit_of_every_comparison(name: str) -> None:
    comparison = fixtures.COMPARISONS[name]()
    root = held_to_the_schema(junit.of_comparison(comparison))
    scored = [c for c in comparison.candidates if c.quality]
    assert len(root) == 1 + len(scored)
    bare = comparison.verdict.recommended is None or bool(comparison.verdict.missing)
    assert bool(root[0].findall("testcase/failure")) == bare


def test_what_the_recommended_way_misses_fails_and_what_others_miss_is_skipped() -> None:
    made = fixtures.dont_fine_tune()
    root = held_to_the_schema(junit.of_comparison(made))
    for suite in root[1:]:
        name = suite.attrib["name"].rpartition("(")[2].rstrip(")")
        missed = [gate for gate in made.candidate(name).gates if gate.state != "met"]
        kind = "failure" if name == made.verdict.recommended else "skipped"
        found = suite.findall(f"testcase/{kind}")
        assert len(found) == len(missed)
        assert all("is asked" in element.attrib["message"] for element in found)
    assert root.findall("testsuite/testcase/skipped")  # else nothing was told apart


def bare_case(comparison: Comparison) -> tuple[str, str]:
    """The first case's state, and its words where it has not passed."""
    case = held_to_the_schema(junit.of_comparison(comparison))[0].findall("testcase")[0]
    assert case.attrib["name"] == "not every way certainly misses the bar"
    return (case[0].tag, case[0].attrib["message"]) if len(case) else ("passed", "")


def test_nothing_passes_that_is_not_known() -> None:
    made = fixtures.dont_fine_tune()

    def with_gates(*gates: Gate) -> Comparison:
        candidates = tuple(c.model_copy(update={"gates": gates}) for c in made.candidates)
        return made.model_copy(update={"candidates": candidates})

    met = Gate(name="quality", limit=0.9, value=0.95, state="met")
    open_ = Gate(name="p95_ms", limit=300, value=None, state="uncertain")
    assert bare_case(with_gates(met)) == ("passed", "")
    state, words = bare_case(with_gates(met, open_))
    assert state == "skipped"
    assert words.startswith("no way is known to meet the bar yet")
    assert bare_case(with_gates()) == ("skipped", "no bar is set in etude.yaml")
    assert bare_case(fixtures.none_good_enough())[0] == "failure"
    text = junit.of_comparison(with_gates(open_))
    assert "speed was not measured; at most 300\u00a0ms is asked" in text


def test_a_check_fails_where_it_alone_keeps_the_bar_from_being_met() -> None:
    made = fixtures.dont_fine_tune()
    name = made.verdict.recommended
    rows = (
        CheckRow(name="short", applies=100, passed=70, low=0.6, high=0.78),
        CheckRow(name="polite", applies=100, passed=95, low=0.89, high=0.98),
        CheckRow(name="rare", applies=0, passed=0, low=None, high=None),
    )
    candidates = tuple(
        c.model_copy(update={"checks": rows, "gates": ()}) if c.name == name else c
        for c in made.candidates
    )
    task = made.task.model_copy(update={"bar": Bar(metric="all_checks", at_least=0.9)})
    text = junit.of_comparison(made.model_copy(update={"candidates": candidates, "task": task}))
    suite = next(s for s in held_to_the_schema(text) if str(name) in s.attrib["name"])
    states = {case.attrib["name"]: [child.tag for child in case] for case in suite}
    assert states == {"check: short": ["failure"], "check: polite": [], "check: rare": ["skipped"]}


def test_what_high_stakes_miss_fails_as_the_gate_does() -> None:
    made = fixtures.dont_fine_tune()
    high = made.model_copy(update={"task": made.task.model_copy(update={"stakes": "high"})})
    missing = made.verdict.model_copy(update={"missing": ("nobody has signed it off",)})

    def failed(comparison: Comparison) -> list[str]:
        root = held_to_the_schema(junit.of_comparison(comparison))
        return [found.attrib["message"] for found in root[0].findall("testcase/failure")]

    assert failed(high) == failed(made) == []
    assert failed(high.model_copy(update={"verdict": missing})) == ["nobody has signed it off"]
    names = {
        case.attrib["name"]
        for case in ElementTree.fromstring(junit.of_comparison(high))[0].findall("testcase")
    }
    assert "what high stakes ask is there" in names


def test_a_quick_or_exploratory_result_says_so_in_xml_and_json() -> None:
    made = fixtures.dont_fine_tune()
    for quick, exploratory in ((False, False), (True, True)):
        verdict = made.verdict.model_copy(update={"exploratory": exploratory})
        told = made.model_copy(update={"quick": quick, "verdict": verdict})
        root = held_to_the_schema(junit.of_comparison(told))
        named = {p.attrib["name"]: p.attrib["value"] for p in root[0].iter("property")}
        assert named["etude.quick"] == str(quick).lower()
        assert named["etude.exploratory"] == str(exploratory).lower()
        document = to_json(told)
        assert (document["quick"], document["verdict"]["exploratory"]) == (quick, exploratory)


def test_what_stands_in_for_peoples_word_is_named_and_held_against_no_bar() -> None:
    made = fixtures.dont_fine_tune()
    bar = Bar(metric="person", at_least=0.6)
    task = made.task.model_copy(update={"bar": bar})
    waiting = made.model_copy(update={"task": task, "measured_by": "accuracy"})
    judged = made.model_copy(update={"task": task})
    assert (waiting.minimum, judged.minimum) == (None, 0.6)
    assert "| right answers |" in markdown.of_comparison(waiting)
    assert "| preferred by people |" in markdown.of_comparison(judged)
    lines = [str(chart.wide) for one in (waiting, judged) if (chart := quality_chart(one))]
    assert ['class="limit"' in drawn for drawn in lines] == [False, True]
    assert '<span class="exact">(accuracy)</span>' in page(waiting)


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        ("cross_fitting", "only one part in 5 of the examples was scored"),
        ("holdout", "tried with one seed"),
    ],
)
def test_a_quick_run_says_what_it_left_out(scheme: str, words: str) -> None:
    made = fixtures.cant_tell()
    data = made.dataset.model_copy(update={"scheme": scheme})
    quick = made.model_copy(update={"quick": True, "dataset": data})
    (told,) = [one.text for one in statements(quick) if one.word == "Quick run"]
    assert words in told


def test_what_xml_can_not_write_is_replaced() -> None:
    text = junit.document(
        "a\x00b\ud800",
        "2026-01-31T10:15:00Z",
        [junit.Suite('<&">\x1b', (junit.Case("]]>\x08", "failed", "\uffff & <x>", "bad"),))],
    )
    root = held_to_the_schema(text)
    assert root.attrib["name"] == "a\ufffdb\ufffd"
    assert root[0].attrib["name"] == '<&">\ufffd'
    assert root[0][0][0].attrib["message"] == "\ufffd & <x>"


def other() -> Comparison:
    made = fixtures.dont_fine_tune()
    candidates = tuple(
        c.model_copy(
            update={
                "quality": c.quality
                and c.quality.model_copy(update={"value": 0.5, "low": 0.48, "high": 0.52})
            }
        )
        for c in made.candidates
    )
    return made.model_copy(update={"candidates": candidates, "run": "later"})


def test_junit_and_markdown_of_a_difference() -> None:
    found = difference(Told(fixtures.dont_fine_tune()), Told(other()))
    root = held_to_the_schema(junit.of_difference(found, "it is certainly worse"))
    assert root[0].findall("testcase/failure")[0].attrib["message"] == "it is certainly worse"
    assert root.findall("testsuite/testcase/skipped")
    text = markdown.of_difference(found, "it is certainly worse")
    assert "Not to be accepted: it is certainly worse" in text
    assert "→ 50.0 %: worse" in text
    assert "not on the same examples" in text
    assert "Not to be accepted" not in markdown.of_difference(found, None)


def test_a_condition_that_is_met_otherwise_has_a_case_of_its_own() -> None:
    made = fixtures.dont_fine_tune()
    missed = tuple(
        c.model_copy(
            update={"gates": tuple(g.model_copy(update={"state": "not_met"}) for g in c.gates)}
        )
        for c in made.candidates
    )
    worse = made.model_copy(update={"candidates": missed, "run": "later"})
    found = difference(Told(made), Told(worse))
    against = objection(found)
    assert against is not None
    root = held_to_the_schema(junit.of_difference(found, against))
    assert [one.attrib["name"] for one in root.iter("testcase")].count("bar: quality") >= 1
    assert root.attrib["failures"] == "1"
    shown = next(
        case.find("skipped") for case in root.iter("testcase") if case.get("name") == "bar: quality"
    )
    assert shown is not None
    assert shown.attrib["message"].endswith("met → not met")
    assert "Not to be accepted" in markdown.of_difference(found, against)


@pytest.mark.parametrize("name", sorted(fixtures.COMPARISONS))
def test_markdown_of_every_comparison(name: str) -> None:
    comparison = fixtures.COMPARISONS[name]()
    text = markdown.of_comparison(comparison, difference(Told(comparison), Told(comparison)))
    tables = [line for line in text.splitlines() if line.startswith("|")]
    widths = {re.sub(r"\\.", "", line).count("|") for line in tables}
    assert widths <= {8, 5}, "a cell has broken its table"
    scored = [c for c in comparison.candidates if c.quality]
    assert len(tables) >= 2 + len(scored)
    assert "<script" not in text
    assert "<img" not in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e\u2028]", text)
    assert "The verdict is the same" in text


def test_nobody_is_mentioned_and_nothing_drawn() -> None:
    assert markdown.safe("@all | *x* <b>\n[a](b)") == (
        "@\u200ball \\| \\*x\\* &lt;b&gt; \\[a\\](b)"
    )


def test_the_json_of_a_difference_is_json() -> None:

    found = difference(Told(fixtures.dont_fine_tune()), Told(other()))
    document = json.loads(json.dumps(changes.to_json(found, None), allow_nan=False))
    assert document["schema"] == 1
    assert document["verdict"]["changed"] is False
    assert document["candidates"][0]["quality"]["call"] == "worse"
    assert document["objection"] is None


def test_long_texts_are_shown_where_they_part() -> None:
    same = "Read the customer's message and choose the one category that says what they need"
    (line,) = changes.task_lines((Change(field="instructions", old=same, new=f"{same} now."),))
    before, after = line.removeprefix("instructions: ").split(" → ")
    assert before.startswith("…")
    assert before.endswith("they need")
    assert after.endswith("they need now.")
    assert len(line) < 120
    (short,) = changes.task_lines((Change(field="bar.at_least", old=None, new="0.9"),))
    assert short == "bar.at_least: (nothing) → 0.9"
