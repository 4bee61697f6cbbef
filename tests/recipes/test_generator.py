"""The task generator: same seed, same task; every answer is right by a check of its own."""

from __future__ import annotations

import json
import random
import re

import pytest
from generator import FAMILIES, Lexicon, Sample, sample
from generator.families.classify import _clear_text
from generator.maker import Maker
from hypothesis import given, settings
from hypothesis import strategies as st

LEXICON = Lexicon.builtin()
SEEDS = range(120)


def last_turns(made: Sample) -> tuple[str, str, str]:
    """Everything before the last answer, the last user turn, and the answer."""
    before = "\n".join(turn.content for turn in made.messages[:-1])
    return before, made.messages[-2].content, made.messages[-1].content


def of_family(name: str) -> list[tuple[str, str, str]]:
    return [last_turns(sample(seed, LEXICON, family=name)) for seed in SEEDS]


def loose(text: str) -> str:
    return text.replace("\\", "")


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 10**12), st.sampled_from(["copy", "main", "long"]))
def test_a_seed_gives_the_same_conversation_every_time(seed: int, level: str) -> None:
    assert sample(seed, LEXICON, level=level) == sample(seed, LEXICON, level=level)


def test_a_known_seed_gives_the_known_conversation() -> None:
    """Fixed across machines and releases, or published shards could not be made again."""
    made = sample(11, LEXICON, family="lookup")
    assert made == sample(11, Lexicon(LEXICON.words, (), ()), family="lookup")
    assert sample(11, LEXICON) != sample(12, LEXICON)


@pytest.mark.parametrize("family", FAMILIES)
def test_conversations_are_well_formed(family: str) -> None:
    for seed in SEEDS:
        roles = [turn.role for turn in sample(seed, LEXICON, family=family).messages]
        assert roles[-2:] == ["user", "assistant"]
        turns = roles[1:] if roles[0] == "system" else roles
        assert turns == ["user", "assistant"] * (len(turns) // 2)
    for before, asked, answer in of_family(family):
        assert answer.strip()
        assert asked.strip()
        assert "<|" not in before + answer
        assert "\0" not in before + answer


@pytest.mark.parametrize("family", FAMILIES)
def test_wordings_vary(family: str) -> None:
    assert len({before for before, _, _ in of_family(family)}) > len(SEEDS) * 0.95


@pytest.mark.parametrize("level", ["copy", "main", "long"])
def test_levels_differ_in_length(level: str) -> None:
    sizes = [len(last_turns(sample(seed, LEXICON, level=level))[0]) for seed in SEEDS]
    mean = sum(sizes) / len(sizes)
    assert mean > 2000 if level == "long" else mean < 1000


def test_extracted_json_is_compact_and_every_value_stands_in_the_text() -> None:
    for _, asked, answer in of_family("extract"):
        found = json.loads(answer)
        assert json.dumps(found, separators=(",", ":"), ensure_ascii=False) == answer
        for value in leaves(found):
            if isinstance(value, str):
                assert value in asked
            elif isinstance(value, float | int) and not isinstance(value, bool):
                assert repr(value) in asked


def leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one)]
    return [value]


def test_what_is_copied_stands_in_the_prompt() -> None:
    for before, _, answer in of_family("copying"):
        assert answer in before
    for before, _, answer in of_family("quoting"):
        assert all(line in before for line in answer.splitlines())


def test_repeating_repeats_the_input() -> None:
    for _, asked, answer in of_family("echo"):
        assert answer.splitlines()[0].split(" / ")[0][:20] in asked
        assert set(re.findall(r"\w+", answer)) <= set(re.findall(r"\w+", asked))


@pytest.mark.parametrize(
    "family", ["template", "convert", "lookup", "listing", "sections", "verbalise"]
)
def test_no_word_of_the_answer_comes_from_nowhere(family: str) -> None:
    for before, _, answer in of_family(family):
        known = set(re.findall(r"\w+", loose(before).lower()))
        numbers = {str(n) for n in range(20)}
        assert set(re.findall(r"\w+", loose(answer).lower())) <= known | numbers | {"and"}


@pytest.mark.parametrize("family", ["classify_rules", "classify_examples"])
def test_labels_are_among_those_named(family: str) -> None:
    for before, _, answer in of_family(family):
        for line in answer.splitlines():
            label = re.sub(r"^\(?\d[.):]*", "", line).strip()
            assert label in before
            assert " " not in label


def test_no_word_of_another_label_misleads() -> None:
    owned = {"red": ["lamp", "boat"], "blue": ["tent", "sail"]}
    maker = Maker(random.Random(0), LEXICON)
    for _ in range(300):
        words = re.findall(r"\w+", _clear_text(maker, "boat", owned))
        assert "boat" in words
        assert not {"tent", "sail", "tents", "sails"} & set(words)


def test_a_label_whose_word_is_everywhere_still_gets_a_text() -> None:
    owned = {"red": ["the", "a", "was", "is"], "blue": ["sail"]}
    maker = Maker(random.Random(0), LEXICON)
    assert all("sail" in _clear_text(maker, "sail", owned) for _ in range(50))


def test_asking_for_several_keys_gives_their_values_in_order() -> None:
    seen = 0
    for seed in range(400):
        turns = sample(seed, LEXICON, family="lookup").messages
        if [turn.role for turn in turns] != ["system", "user", "assistant"]:
            continue
        table, _, asked = turns[1].content.rpartition("\n\n")
        keys = asked.partition(": ")[2].split(", ")
        lines = [line.removeprefix("- ") for line in turns[2].content.splitlines()]
        if (
            table
            and not re.search("(Like|As|Form): ", turns[0].content)
            and len(keys) == len(lines) > 1
        ):
            places = [table.find(key) for key in keys]
            assert all(table.find(line, at) > at for at, line in zip(places, lines, strict=True))
            seen += 1
    assert seen > 5


def test_sections_keep_the_order_of_the_instruction() -> None:
    for seed in SEEDS:
        made = sample(seed, LEXICON, family="sections")
        text = "\n".join(turn.content for turn in made.messages[:-1])
        lines = made.messages[-1].content.splitlines()
        places = [text.find(line) for line in lines[::1] if is_heading(line)]
        assert places == sorted(places)


def is_heading(line: str) -> bool:
    return bool(re.fullmatch(r"(#+ .*|\*\*.*\*\*|=== .* ===)", line))


def test_a_condition_that_is_not_met_adds_nothing() -> None:
    """'If x is yes, add L' with x: no must not give L."""
    checked = 0
    for seed in range(600):
        system, *turns = sample(seed, LEXICON, family="conditional").messages
        if system.role != "system" or len(turns) != 2:
            continue
        asked, answer = (turn.content for turn in turns)
        for field, line in re.findall(r"hen (\S+) is yes, \w+ '([^']+)'", system.content):
            value = re.search(rf"(?<![\w-]){re.escape(field)}(?: is |: |=| - )(yes|no)\b", asked)
            assert value is not None
            assert (line in answer) == (value[1] == "yes")
            checked += 1
    assert checked > 10


def test_numbers_in_order() -> None:
    for before, asked, answer in of_family("numbers"):
        if re.search(r"\b(largest|highest|biggest)\b", before):
            given_numbers = [int(n) for n in re.findall(r"\d+", asked.splitlines()[-1])]
            if given_numbers and answer.isdigit() and asked == ", ".join(map(str, given_numbers)):
                assert int(answer) == max(given_numbers)


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(KeyError):
        sample(1, LEXICON, family="no such family")
