from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from etude.errors import TaskError
from etude.taskfile import TaskFile, read

MINIMAL = "task: triage\nkind: classify\ndata:\n  examples: data/a.csv\n"
FULL = """\
task: support-triage
kind: classify
instructions: Read the message and choose one label.
labels:
  card_arrival: the card has not come yet
  lost_card:
boundaries:
  hand_over: [legal threats]
stakes: high
data:
  examples: data/messages.csv
  input: "{{subject}} {{body}}"
  target: category
  id: message_id
  group: customer_id
  split: {dev: 0.1, holdout: 0.3}
  rights: ours
bar: {metric: accuracy, at_least: 0.85, margin: 0.01, p95_ms: 300, max_cost_per_1000: 1}
economics:
  requests_per_month: 20_000
  currency: USD
models:
  - builtin:minilm
  - openai: {base_url: "http://localhost:8000/v1", model: tiny, api_key_env: TINY_KEY}
ladder: [prompt, few_shot]
"""


def load(folder: Path, text: str | bytes) -> TaskFile:
    path = folder / "etude.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path)


def problems(folder: Path, text: str | bytes) -> dict[str, str]:
    with pytest.raises(TaskError) as caught:
        load(folder, text)
    return {problem.field: str(problem) for problem in caught.value.problems}


def test_a_whole_file_becomes_a_task(tmp_path: Path) -> None:
    found = load(tmp_path, FULL)
    task = found.task
    assert task.task == "support-triage"
    assert task.labels == {"card_arrival": "the card has not come yet", "lost_card": ""}
    assert task.data.input == "{{subject}} {{body}}"
    assert task.data.split is not None
    assert (task.data.split.dev, task.data.split.holdout) == (0.1, 0.3)
    assert (task.bar.at_least, task.bar.p95_ms) == (0.85, 300)
    assert task.economics.requests_per_month == 20_000
    assert [model.name for model in task.models] == ["builtin:minilm", "openai:tiny"]
    assert task.endpoints[0].openai is not None
    assert task.endpoints[0].openai.api_key_env == "TINY_KEY"
    assert task.ladder == ("prompt", "few_shot")
    assert found.text_hash == hashlib.sha256(FULL.encode()).hexdigest()
    assert found.path.is_absolute()
    assert found.folder == tmp_path


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    text = "\ufeff" + MINIMAL.replace("\n", "\r\n")
    assert load(tmp_path, text.encode("utf-8")).task.task == "triage"


def test_an_emptied_line_means_the_default(tmp_path: Path) -> None:
    task = load(tmp_path, MINIMAL + "  target:\nbar:\neconomics:\n  hourly_rate:\nlabels:\n").task
    assert task.data.target is None
    assert task.labels is None
    assert task.economics.hourly_rate == 30


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("yes", "yes"),
        ("1", "1"),
        ("007", "007"),
        ("null", "null"),
        ("~", "~"),
        ("2:30", "2:30"),
        ("2024-01-01", "2024-01-01"),
        ("'on'", "on"),
        ('"a: b"', "a: b"),
        ("1e3", "1e3"),
        ("0x1F", "0x1F"),
        ("Ünïcode ok", "Ünïcode ok"),
    ],
)
def test_labels_keep_the_words_of_the_file(tmp_path: Path, written: str, read_as: str) -> None:
    labels = load(tmp_path, MINIMAL + f"labels:\n  {written}: this\n  other: that\n").task.labels
    assert labels == {read_as: "this", "other": "that"}


def test_labels_may_be_a_plain_list(tmp_path: Path) -> None:
    task = load(tmp_path, MINIMAL + "labels: [yes, no, null, 1]\n").task
    assert task.labels == {"yes": "", "no": "", "null": "", "1": ""}


def test_text_fields_keep_the_words_of_the_file(tmp_path: Path) -> None:
    task = load(tmp_path, MINIMAL.replace("triage", "2024") + "  target: yes\n  id: 1\n").task
    assert (task.task, task.data.target, task.data.id) == ("2024", "yes", "1")


@pytest.mark.parametrize("value", ["yes", "true", ".inf", "inf", "nan", "2:30", "[1]", "{a: 1}"])
def test_what_is_no_number_is_refused(tmp_path: Path, value: str) -> None:
    text = MINIMAL + f"economics:\n  minutes_to_fix: {value}\n"
    assert (
        "line 6, economics.minutes_to_fix" in problems(tmp_path, text)["economics.minutes_to_fix"]
    )


@pytest.mark.parametrize(
    ("value", "hint"), [("90", "90 % is written 0.9"), ("90%", "90 % is written 0.9")]
)
def test_a_percentage_gets_its_share(tmp_path: Path, value: str, hint: str) -> None:
    assert hint in problems(tmp_path, MINIMAL + f"bar: {{at_least: {value}}}\n")["bar.at_least"]


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    """The golden text: what a person sees for a file with one of everything."""
    here = Path(__file__).parent / "golden"
    with pytest.raises(TaskError) as caught:
        load(tmp_path, (here / "wrong.yaml").read_bytes())
    told = str(caught.value).replace(str(tmp_path / "etude.yaml"), "etude.yaml")
    assert told == (here / "wrong.txt").read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("task: a\n\tkind: b\n", 2, "a tab"),
        ("task: a: b\n", 1, "a colon inside a value"),
        ("task: a\nfoo bar\nkind: b\n", 2, "without a colon"),
        ('task: "a\nkind: b\n', 1, "quotation mark that is never closed"),
        ("task: [a, b\nkind: c\n", 1, "bracket that is never closed"),
        ("a: [[[", 1, "bracket that is never closed"),
        ("a: {b: c,\n  kind: Is it kind?}\nd: e\n", 2, "a question mark at the end of a text"),
        ("a: [Is it?, b]\n", 1, "a question mark at the end of a text"),
        ("task: a\ninput: {{a}} {{b}}\n", 2, 'a template needs quotes: "{{column}}"'),
        ("task: @a\n", 1, "special character"),
        ("task: *a\n", 1, "begins with *"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("a: b\nc: \x00\n", 2, "U+0000"),
        ("- a\n- b\n", 1, "found a list"),
        ("only words", 1, "found only text"),
        ("{}", None, "empty braces"),
        ("", None, "the file is empty"),
        ("# nothing\n", None, "only comments"),
        ("a: " + "[" * 5000, None, "nested too deeply"),
        ("a: &a [*a]\n", None, "repeat without end"),
        ("task: !!python/object:os.system a\n", 1, "found the tag !!python/object:os.system"),
        ("a: &a {b: c}\nd:\n  <<: *a\n", 3, "merge key"),
        ("? [a, b]\n: c\nd: e\n", 1, "a list as a key"),
    ],
)
def test_what_is_no_task_file_is_told_with_its_line(
    tmp_path: Path, text: str, line: int | None, words: str
) -> None:
    with pytest.raises(TaskError) as caught:
        load(tmp_path, text)
    found = [problem for problem in caught.value.problems if words in str(problem)]
    assert [problem.line for problem in found] == [line]


def test_aliases_can_not_fill_the_memory(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [
        f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}*a{n - 1}]" for n in range(1, 12)
    ]
    assert "repeat without end" in problems(tmp_path, "\n".join(lines))["file"]


def test_other_encodings_are_told(tmp_path: Path) -> None:
    assert "line 2" in problems(tmp_path, b"task: a\nkind: \xe9\n")["file"]
    assert "UTF-16" in problems(tmp_path, MINIMAL.encode("utf-16"))["file"]


def test_a_missing_file_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="etude new") as caught:
        read(tmp_path / "etude.yaml")
    assert caught.value.exit_code == 2


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="this is a folder"):
        read(tmp_path)
    (tmp_path / "etude.yaml").write_text(MINIMAL)
    with pytest.raises(TaskError) as caught:
        read(tmp_path)
    assert caught.value.hint == str(tmp_path / "etude.yaml")


def test_a_data_file_is_not_parsed_as_yaml(tmp_path: Path) -> None:
    assert "settings only" in problems(tmp_path, b"a,b\n" * 300_000)["file"]


def test_a_whole_number_is_no_percentage(tmp_path: Path) -> None:
    text = b"task: t\nkind: write\nchecks: [{type: contains, value: a}]\nimprove: {requests: 5}\n"
    with pytest.raises(TaskError) as caught:
        load(tmp_path, text + b"data: {examples: a.csv}\n")
    assert "a whole number at least 50" in str(caught.value)
    assert "% is written" not in str(caught.value)
