from __future__ import annotations

from pathlib import Path

import pytest

from etude.errors import TaskError
from etude.records.task import BUILT_KINDS, KINDS
from etude.taskfile import read

MINIMAL = "task: triage\nkind: classify\ndata:\n  examples: data/a.csv\n"


def told(folder: Path, text: str) -> dict[str, str]:
    path = folder / "etude.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        read(path)
    except TaskError as error:
        return {problem.field: str(problem) for problem in error.problems}
    return {}


def test_the_smallest_file_is_right(tmp_path: Path) -> None:
    assert told(tmp_path, MINIMAL) == {}


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ("labels: {a: x}", "labels", "found 1 label"),
        ("labels: {}", "labels", "found 0 labels"),
        ("labels: a, b", "labels", "write [a, b]"),
        ("labels: {a: x, A: y}", "labels.A", "same label"),
        ('labels: [a, " a "]', "labels[1]", "same label"),
        ("labels: [a, a]", "labels[1]", "same label"),
        ("labels: {a: x, a: y, b: z}", "labels.a", "written twice"),
        ("labels: {a: [x], b: y}", "labels.a", "found a list"),
        ('labels: {"": x, b: y}', "labels.", "without a name"),
        ("labels:\n  - a: x\n  - b: y", "labels[0]", "drop the dash"),
        ("labels:\n  - a\n  - ", "labels[1]", "found nothing"),
        ("schema: {type: object}", "schema", "has no schema"),
        ("checks: [{type: length}]", "checks", "has no checks"),
        ("multi_label: true", "multi_label", "multi-label"),
        ("bar: {metric: better}", "bar.metric", "can't be compared"),
        ("bar: {metric: quality}", "bar.metric", "can't be compared"),
        ("bar: {metric: vibes}", "bar.metric", "can't be compared"),
        ("bar: {metric: make it better}", "bar.metric", "can't be compared"),
        (
            "bar: {metric: field_f1}",
            "bar.metric",
            "'field_f1' does not measure a task of kind 'classify'",
        ),
        ("bar: {metric: judge}", "bar.metric", "there is no metric 'judge'"),
        ("bar: {metric: person}", "bar.metric", "there is no metric 'person'"),
        ('judge: {model: m, criteria: {a: "Is it?"}}', "judge", "needs no judge"),
        ("bar: {metric: acuracy}", "bar.metric", "did you mean 'accuracy'?"),
        ("bar: {metric: zzz}", "bar.metric", "there is no metric 'zzz'"),
        ("bar: {p95_ms: 0}", "bar.p95_ms", "a number above 0"),
        ("bar: {p95_ms: -3}", "bar.p95_ms", "a number above 0"),
        ("bar: {at_least: 1.5}", "bar.at_least", "at most 1"),
        ("metric: accuracy", "metric", "it belongs at bar.metric"),
        ("barr: {}", "barr", "did you mean 'bar'?"),
        ("bar: {atleast: 1}", "bar.atleast", "did you mean 'at_least'?"),
        ("stakes: high", "boundaries.hand_over", "stakes are high"),
        (
            "bar: {hand_over: {precision: 0.9, ask_again: 5}}",
            "bar.hand_over.ask_again",
            "tell the probability of each label",
        ),
        (
            "models: [{openai: {model: m, base_url: http://x}}]\n"
            "bar: {hand_over: {precision: 0.9, ask_again: 21}}",
            "bar.hand_over.ask_again",
            "20",
        ),
        ("boundaries: {hand_over: legal}", "boundaries.hand_over", "write [legal]"),
        ("ladder: [promt]", "ladder[0]", "did you mean 'prompt'?"),
        ("ladder: [prompt, prompt]", "ladder[1]", "there twice"),
        ("ladder: []", "ladder", "empty list"),
        ("ladder: prompt", "ladder", "write [prompt]"),
        ("ladder: [[a]]", "ladder[0]", "found a list"),
        ("models: builtin:minilm", "models", "write [builtin:minilm]"),
        ("models: []", "models", "empty list"),
        ("models: [a, a]", "models[1]", "there twice"),
        ("models: [builtin: minilm]", "models[0].builtin", "without a space"),
        ("models: [{opnai: {}}]", "models[0].opnai", "did you mean 'openai'?"),
        ("models: [{openai: gpt}]", "models[0].openai", "found 'gpt'"),
        ("models: [{openai: {model: m}}]", "models[0].openai.base_url", "is missing"),
        (
            "models: [{openai: {model: m, base_url: ftp://x}}]",
            "models[0].openai.base_url",
            "found 'ftp://x'",
        ),
        (
            "models: [{openai: {model: m, base_url: 'http://[x'}}]",
            "models[0].openai.base_url",
            "an address",
        ),
        ("bar: {hand_over: {precision: 98}}", "bar.hand_over.precision", "98 % is written 0.98"),
        ("bar: {hand_over: {}}", "bar.hand_over.precision", "is missing"),
        ("bar: {hand_over: 0.98}", "bar.hand_over", "hand_over: {precision: 0.98}"),
        (
            "bar: {hand_over: {precision: 0.9, confidence: 0.1}}",
            "bar.hand_over.confidence",
            "a number at least 0.5 and below 1",
        ),
        (
            "bar: {hand_over: {precision: 0.9, level: 0.9}}",
            "bar.hand_over.level",
            "one of precision, confidence",
        ),
        (
            "models: [{openai: {model: m, base_url: 'http://a:b@h/v1'}}]",
            "models[0].openai.base_url",
            "a user or password",
        ),
        (
            "models: [{openai: {model: m, base_url: http://x, temperature: 1}}]",
            "models[0].openai.temperature",
            "unknown key",
        ),
        (
            "models: [{openai: {model: m, base_url: http://x, concurrency: 0}}]",
            "models[0].openai.concurrency",
            "a whole number at least 1 and at most 256",
        ),
        (
            "models: [{openai: {model: m, base_url: http://x}}, "
            "{openai: {model: m, base_url: http://y}}]",
            "models[1]",
            "'openai:m' is there twice",
        ),
    ],
)
def test_a_broken_rule_is_told_at_its_field(
    tmp_path: Path, more: str, field: str, words: str
) -> None:
    found = told(tmp_path, MINIMAL + more + "\n")
    assert words in found.get(field, str(found))
    assert "line " in found[field]


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ("split: {dev: 0.4, holdout: 0.5}", "data.split", "keep back 90%"),
        ("split: {holdout: 0.2}\n  holdout: data/t.csv", "data.split.holdout", "one of the two"),
        ("split: {dev: 0.7}", "data.split.dev", "below 0.5"),
        ("holdout: data/a.csv", "data.holdout", "the same file"),
        ("knowledge: docs/", "data.knowledge", "read by nothing"),
        ("target: [a, b]", "data.target", "multi-label"),
        ("input: {{subject}}", "data.input", 'in quotes: "{{column}}"'),
        ('input: "{{subject}"', "data.input", "every {{ closed by }}"),
        ("input: []", "data.input", "empty list"),
        ("input: {a: b}", "data.input", "a column, a list of columns"),
        ("input: text\n  target: text", "data.target", "also the input"),
        ('input: "{{ text }}"\n  target: text', "data.target", "also the input"),
        ("target: a\n  group: a", "data.group", "also the target"),
        ('target: ""', "data.target", "empty text"),
        ("shape: sharegtp", "data.shape", "did you mean 'sharegpt'?"),
        ("shape: alpaca\n  input: text", "data.shape", "one of the two"),
        ("exmples: a", "data.exmples", "did you mean 'examples'?"),
        ("multilabel: yes", "data.multilabel", "multi-label"),
    ],
)
def test_a_broken_rule_of_the_data_is_told(
    tmp_path: Path, data: str, field: str, words: str
) -> None:
    assert words in told(tmp_path, MINIMAL + f"  {data}\n").get(field, "nothing was told")


def test_a_split_of_dev_beside_a_holdout_of_ones_own_is_right(tmp_path: Path) -> None:
    assert told(tmp_path, MINIMAL + "  split: {dev: 0.1}\n  holdout: data/t.csv\n") == {}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in BUILT_KINDS])
def test_a_kind_that_is_not_built_is_refused_with_all_else(tmp_path: Path, kind: str) -> None:
    found = told(tmp_path, MINIMAL.replace("classify", kind) + "economics: {hourly_rate: x}\n")
    assert f"'{kind}' is not built yet; available: " in found["kind"]
    assert "economics.hourly_rate" in found


def test_the_contract_must_fit_the_kind(tmp_path: Path) -> None:
    assert "is missing" in told(tmp_path, MINIMAL.replace("classify", "extract"))["schema"]
    text = MINIMAL.replace("classify", "extract") + "schema: [a]\nlabels: [a, b]\n"
    found = told(tmp_path, text)
    assert "expected a JSON Schema" in found["schema"]
    assert "has no labels" in found["labels"]
    schema = "schema: {type: object, properties: {a: {type: string}}, required: [a]}\n"
    assert told(tmp_path, MINIMAL.replace("classify", "extract") + schema) == {}


def test_a_schema_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    text = MINIMAL.replace("classify", "extract") + "schema:\n  type: strin\n"
    found = told(tmp_path, text)
    assert any(field.startswith("schema") for field in found)


@pytest.mark.parametrize("kind", ["write", "rewrite", "chat"])
def test_writing_without_checks_can_not_be_compared(tmp_path: Path, kind: str) -> None:
    text = MINIMAL.replace("classify", kind)
    assert "'make it better' can't be compared" in told(tmp_path, text)["checks"]
    assert told(tmp_path, text + "checks: [{type: word-count, value: {max: 30}}]\n") == {}


def test_checks_are_validated_inside(tmp_path: Path) -> None:
    text = MINIMAL.replace("classify", "write")
    found = told(tmp_path, text + "checks:\n  - {typ: a}\n  - b\n  - {type: c, when: [d]}\n")
    assert "is missing" in found["checks[0].type"]
    assert "found 'b'" in found["checks[1]"]
    assert "there is no check 'c'" in found["checks[2].type"]


@pytest.mark.parametrize(
    "text",
    [
        "models: [{openai: {model: m, base_url: http://x, api_key: sk-abc}}]",
        "models: [{openai: {model: m, base_url: http://x, api_key_env: sk-abc}}]",
        "models: [{openai: {model: m, base_url: http://x, api_key: 'letmein'}}]",
        "models: [{openai: {model: m, base_url: http://x, api_key_env: 'let me in'}}]",
        "instructions: use sk-proj-0123456789abcdefghij to call it",
        "key: hf_abcdefghijklmnopqrstuvwxyzABCD12",
    ],
)
def test_a_key_in_the_file_is_refused_and_never_shown(tmp_path: Path, text: str) -> None:
    found = told(tmp_path, MINIMAL + text + "\n")
    assert found
    shown = " ".join(found.values())
    assert "api_key_env" in shown
    for secret in ("sk-abc", "letmein", "let me in", "0123456789abc", "hf_abc"):
        assert secret not in shown


def test_words_that_only_look_like_keys_are_left_alone(tmp_path: Path) -> None:
    text = "instructions: sort the risk-assessment-of-2024-customers at the desk-0123456789-abcdef"
    assert told(tmp_path, MINIMAL + text + "\n") == {}


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ("behaviour: {gates: {typoes: 0.1}}", "behaviour.gates.typoes", "did you mean 'typos'?"),
        ("behaviour: {gates: {typos: 2%}}", "behaviour.gates.typos", "write 0.02"),
        ("behaviour: {gates: {typos: 2}}", "behaviour.gates.typos", "2 % is written 0.02"),
        ("behaviour: {gates: {typos: 0}}", "behaviour.gates.typos", "0.02 takes 150 cases"),
        ("behaviour: {gates: {typos: few}}", "behaviour.gates.typos", "a share above 0"),
        (
            "behaviour: {leave_out: {padd: x}}",
            "behaviour.leave_out.padd",
            "did you mean 'padding'?",
        ),
        ("behaviour: {leave_out: {padding: }}", "behaviour.leave_out.padding", "without a reason"),
        (
            "behaviour: {leave_out: {padding: no}, gates: {padding: 0.1}}",
            "behaviour.leave_out.padding",
            "has a gate and is left out",
        ),
        ("behaviour: {leave_out: [padding]}", "behaviour.leave_out", "why it does not fit"),
        ("behaviour: {gates: [typos]}", "behaviour.gates", "a suite and the share"),
        ("behaviour: {case: a.yaml}", "behaviour.case", "did you mean 'cases'?"),
        ("behaviour: {cases: {a: b}}", "behaviour.cases", "a file with cases, or a list"),
        ("behaviour: {cases: ''}", "behaviour.cases", "found empty text"),
        ("gates: {typos: 0.1}", "gates", "it belongs at behaviour.gates"),
    ],
)
def test_what_is_wrong_with_behaviour(tmp_path: Path, line: str, field: str, words: str) -> None:
    assert words in told(tmp_path, f"{MINIMAL}{line}\n")[field]


def test_gates_of_suites_of_ones_own_are_held_later(tmp_path: Path) -> None:
    line = "behaviour: {cases: a.yaml, gates: {ours: 0.1, typos: 0.05}}\n"
    path = tmp_path / "etude.yaml"
    path.write_text(MINIMAL + line, encoding="utf-8")
    task = read(path).task
    assert task.behaviour.files == ("a.yaml",)
    assert task.behaviour.gates == {"ours": 0.1, "typos": 0.05}
