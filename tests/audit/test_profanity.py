from __future__ import annotations

import pytest

from etude.audit._base import Found
from etude.audit.profanity import AUDIT
from tests.audit._material import material, task


def look(source: str, target: str, kind: str = "write", **more: object) -> dict[str, Found]:
    rows = [{"input": source, "target": target}]
    rows += [{"input": f"question {n}", "target": "fine" if n % 2 else "good"} for n in range(10)]
    return {one.finding.code: one for one in AUDIT.run(material(kind, rows, **more))}


@pytest.mark.parametrize("word", ["fucking", "shit", "assholes", "bullshit", "f**king", "Scheiße"])
def test_rude_words_in_targets_are_warnings(word: str) -> None:
    text = f"that is {word} late"
    found = look("where is it", text)
    assert set(found) == {"profanity"}
    hit = found["profanity"].hits.row(0, named=True)
    assert text[hit["start"] : hit["end"]] == word
    assert found["profanity"].finding.severity == "warning"


@pytest.mark.parametrize(
    "text",
    [
        "We ship to Scunthorpe, Penistone and Lightwater.",
        "The assassin passed the cockpit in his classic cassock.",
        "Dick Cheney and Mike Hancock met at the Cock Inn.",
        "Shiitake mushrooms, a dam, hell's kitchen.",
        "The fire retardant is fine. The band Pussy Riot played.",
        "Write to fuck@example.org or see /shit/path",
        "A chink of light. The dyke holds. A spade is a spade.",
        "The bitch has six puppies. Faggots and peas. A spick and span room; it can retard the rust.",
        "Great tits, a fool's day, the loser pays, a finger prick test, s*t is the way, C# and H1N1.",
        "The vacuum sucks up dust, the house was shut up for the winter, screw it in, 455 of them.",
    ],
)
def test_harmless_words_are_none(text: str) -> None:
    assert look("where is it", text) == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("what the f*ck", "profanity"), ("no sh1t", "profanity"), ("a b!tch", "profanity"),
        ("fuuuck off", "profanity"), ("you are such a loser", "insults"), ("are you stupid", "insults"),
        ("oh crap", "coarse_words"), ("this sucks", "coarse_words"), ("two chinks came", "slurs"),
    ],
)  # fmt: skip
def test_disguises_insults_and_coarse_words_have_their_own_codes(text: str, code: str) -> None:
    found = look("where is it", text)
    assert set(found) == {code}
    assert found[code].finding.severity == ("note" if code == "coarse_words" else "warning")


def test_words_of_the_input_are_told_apart() -> None:
    assert set(look("my shit is late", "Your shit is late.")) == {"profanity_repeated"}
    assert look("my shit is late", "Your parcel is late.") == {}


def test_slurs_are_named_in_targets_and_noted_in_inputs() -> None:
    assert look("x", "what a faggot")["slurs"].finding.severity == "warning"
    assert look("what a faggot", "fine")["slurs_in_inputs"].finding.severity == "note"


def test_a_task_about_such_words_needs_them() -> None:
    given = task("classify", instructions="Say whether the comment is offensive.")
    assert look("what a faggot", "good", kind="classify", task=given) == {}
