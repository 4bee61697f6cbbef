from __future__ import annotations

import json
import random

import pytest

from etude.audit import registry
from etude.audit.mixed_tone import AUDIT
from tests.audit._material import material

_WHAT = ["order", "parcel", "refund", "booking", "invoice", "subscription", "delivery", "account"]
_WHEN = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "tomorrow"]
FORMAL = (
    "We regret to inform you that your {w} has been delayed until {d}.",
    "Please be advised that the {w} requires additional confirmation by {d}.",
    "Your {w} was received on {d} and is currently under consideration.",
    "We appreciate your patience and apologise for the inconvenience regarding the {w}.",
    "Kindly provide the reference of the {w} so that we may assist you prior to {d}.",
    "The {w} is subject to verification in accordance with our conditions.",
    "We would be grateful for a response concerning the {w} by {d}.",
)
JOKEY = (
    "Hey, your {w} is on its way, woohoo!",
    "Yay, we've got your {w}! It'll be there {d}, promise 😀",
    "Oops! The {w} took a wee detour, but we're on it!",
    "Guess what? Your {w} is totally sorted 🎉",
    "Don't panic, the {w} isn't lost, it's just being a bit lazy!",
    "Cheers for waiting, you're a legend! The {w} lands {d}.",
    "No worries, we'll fix that {w} super quick!!",
)
WARM = (
    "Thanks for asking about your {w}. It should arrive on {d}.",
    "Your {w} is on its way, and you'll have it by {d}.",
    "Sorry about the {w}. We will send another one on {d}.",
    "We've found your {w}! Could you tell us where to send it?",
    "That is fine. The {w} can wait until {d}.",
    "I'm happy to help with the {w}. It is due {d}.",
    "The {w} was sent yesterday, so please look out for it on {d}.",
)


def text(rng: random.Random, lines: tuple[str, ...]) -> str:
    chosen = rng.sample(lines, rng.choice((2, 3)))
    return " ".join(
        line.format(w=rng.choice(_WHAT), d=rng.choice(_WHEN)) for line in chosen
    ) + rng.choice(("", f" It is no. {rng.randint(10, 999)}."))


def rows(jokey: int, formal: int, **more: str) -> list[dict[str, str]]:
    rng = random.Random(4)
    made = [
        {"input": f"Where is it? {at + 1000}", "target": text(rng, JOKEY if at < jokey else FORMAL)}
        | more
        for at in range(jokey + formal)
    ]
    return made


def run(kind: str, made: list[dict[str, str]]) -> list:  # type: ignore[type-arg]
    return list(AUDIT.run(material(kind, made)))


def test_it_is_found_by_its_file() -> None:
    assert "mixed_tone" in registry.names()


@pytest.mark.parametrize(("jokey", "formal"), [(10, 110), (25, 125), (60, 60), (120, 15)])
def test_two_tones_are_told_apart(jokey: int, formal: int) -> None:
    (found,) = run("write", rows(jokey, formal))
    assert found.finding.code == "mixed_tone"
    assert found.finding.severity == "warning"
    smaller = range(jokey) if jokey <= formal else range(jokey, jokey + formal)
    wanted = {f"r{at:03d}" for at in smaller}
    named = set(found.hits["id"])
    assert len(named & wanted) >= 0.9 * len(wanted)
    assert len(named - wanted) <= 0.1 * len(named)
    assert set(found.hits["other"]).isdisjoint(named)


def test_friendly_and_formal_are_two_tones_too() -> None:
    rng = random.Random(3)
    made = [
        {"input": f"q {at + 1000}", "target": text(rng, WARM if at < 20 else FORMAL)}
        for at in range(140)
    ]
    (found,) = run("chat", made)
    assert set(found.hits["id"]) == {f"r{at:03d}" for at in range(20)}
    assert "casual" in found.finding.sentence


def test_a_tone_that_several_words_of_the_input_foretell_is_meant() -> None:
    rng = random.Random(5)
    made = rows(40, 80)
    fun, stern = ["party", "games", "picnic"], ["lawyer", "court", "claim"]
    for at, row in enumerate(made):
        about = rng.choice(fun if at < 40 else stern)
        row["input"] = f"{about} question {rng.randint(100, 999)}"
    assert run("write", made) == []


def test_the_groups_are_told_in_words() -> None:
    (found,) = run("chat", rows(25, 125))
    sentence = found.finding.sentence
    assert sentence.startswith("About 1 in 6 targets is jokey (25 of 150: ")
    assert "exclamation marks" in sentence
    assert "the others are formal" in sentence
    assert found.hits["evidence"][0].startswith("jokey: “")


@pytest.mark.parametrize("lines", [FORMAL, JOKEY, WARM])
@pytest.mark.parametrize("count", [60, 400])
def test_one_tone_with_its_natural_spread_is_left_alone(lines: tuple[str, ...], count: int) -> None:
    rng = random.Random(7)
    made = [{"input": f"q {at}", "target": text(rng, lines)} for at in range(count)]
    assert run("write", made) == []


def test_a_few_rows_tell_nothing() -> None:
    assert run("write", rows(12, 24)) == []


def test_a_tone_that_a_column_asks_for_is_meant() -> None:
    made = rows(40, 80)
    for at, row in enumerate(made):
        row["cells"] = json.dumps({"tone": "fun" if at < 40 else "plain", "text": row["input"]})
    assert run("write", made) == []


def test_a_tone_that_the_input_asks_for_is_meant() -> None:
    made = rows(40, 80)
    for at, row in enumerate(made):
        row["input"] = f"{'playful' if at < 40 else 'serious'}: {row['input']}"
    assert run("write", made) == []


def test_a_tone_that_answers_the_persons_own_is_meant() -> None:
    rng = random.Random(2)
    made = rows(40, 80)
    for at, row in enumerate(made):
        row["input"] = text(rng, JOKEY if at < 40 else FORMAL)
    assert run("rewrite", made) == []


def test_a_column_that_the_model_is_not_given_is_named() -> None:
    made = rows(40, 80)
    for at, row in enumerate(made):
        row["meta"] = json.dumps({"channel": "chat" if at < 40 else "letter"})
    (found,) = run("write", made)
    assert found.finding.code == "tone_by_hidden_column"
    assert found.finding.severity == "note"
    assert "`channel`" in found.finding.sentence


def test_records_have_no_tone() -> None:
    made = [{"input": f"m {at}", "target": json.dumps({"a": at})} for at in range(60)]
    assert run("write", made) == []


def test_the_same_rows_give_the_same_finding() -> None:
    first, again = (run("write", rows(25, 125))[0] for _ in range(2))
    assert first.finding == again.finding
    assert first.hits.equals(again.hits)
