from __future__ import annotations

import json
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.audit._base import Found
from etude.audit.encoding import AUDIT
from etude.data.conversations import Turn, as_input
from tests.audit._material import material


def look(*inputs: str, targets: tuple[str, ...] = (), kind: str = "write") -> dict[str, Found]:
    answers = targets or ("Fine.",) * len(inputs)
    rows = [{"input": i, "target": t} for i, t in zip(inputs, answers, strict=True)]
    return {one.finding.code: one for one in AUDIT.run(material(kind, rows))}


@pytest.mark.parametrize(
    ("text", "code", "proposal"),
    [
        ("The cafÃ© is open, itâ€™s nice", "garbled", "The café is open, it’s nice"),
        ("Grüße aus KÃ¶ln", "garbled", None),
        ("The caf├⌐ near Łódź", "garbled", "The café near Łódź"),
        ("It isnΓÇÖt open", "garbled", "It isn’t open"),
        ("Es war ÔÇ£schönÔÇØ, ├╝brigens", "garbled", "Es war “schön”, übrigens"),
        ("It cost ?20 last year", "lost_letters", None),
        ("open 9?17 daily", "lost_letters", None),
        ("It was 21 ?C outside", "lost_letters", None),
        ("a letter was lo\ufffdt", "lost_letters", None),
        ("I don?t know", "lost_letters", "don't"),
        ("bell\x07 rings", "control_characters", ""),
        ("Par\u200bis is nice", "invisible_characters", ""),
        ("see \u202egnp.exe", "turned_direction", ""),
        ("Fish &amp;amp; chips", "entities", "&"),
        ("Fish &amp; chips &#39;today&#39;", "entities", "&"),
        ("Dear Anna,\\n\\nThanks", "escapes", "\n"),
        ("Z\\xfcrich is closed", "escapes", "ü"),
        ("na\\u00efve, he said", "escapes", "ï"),
        ("Thank you \\ud83d\\ude00!", "escapes", "\U0001f600"),
        ("caf\\u00e9\\ud83d\\ude00!", "escapes", "é\U0001f600"),
        ("caf\\xc3\\xa9 au lait", "escapes", "é"),
        ("G\\xfc\\xdfe", "escapes", "üß"),
        ("I can \ufb01nd it", "ligatures", "fi"),
        ("the \uff26\uff35\uff2c\uff2c text", "wide_letters", "FULL"),
        ("cafe\u0301 au lait", "mixed_forms", "café au lait"),
    ],
)
def test_damage_is_found_and_mended(text: str, code: str, proposal: str | None) -> None:
    found = look(text, "A plain one", "Another plain one")
    assert code in found
    hit = found[code].hits.row(0, named=True)
    assert hit["id"] == "r000"
    if proposal is not None:
        assert hit["proposal"] == proposal


def test_a_question_mark_inside_a_word_is_told_from_a_question_by_the_words_of_the_set() -> None:
    plain = [f"{one} and {two} stand here" for one, two in pairwise(_words(300))]
    again = [f"here stand {one} and {two}" for one, two in pairwise(_words(300))]
    first, second = _words(2)
    asked = look("The na?ve one", "In D?sseldorf again", f"{first}?{second}", *plain, *again)
    assert list(asked) == ["lost_letters"]
    assert asked["lost_letters"].hits["id"].sort().to_list() == ["r000", "r001"]


def test_few_words_do_not_say_what_is_no_word() -> None:
    assert look("The na?ve one", "A plain one", "Another plain one") == {}


def _words(count: int) -> list[str]:
    """Words of six letters that nobody uses."""
    rng = random.Random(0)
    return [
        "".join(rng.choice("bdfgklmnprst") + rng.choice("aeiou") for _ in range(3))
        for _ in range(count)
    ]


def test_hidden_text_is_read_out() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "obey")
    found = look(f"A review {hidden} of a book", "Plain")
    assert "obey" in found["hidden_text"].hits["evidence"][0]


@pytest.mark.parametrize(
    "text",
    [
        "L’été à Paris : « déjà vu », naïve, Ça va ?",
        "Große Straße, schöne Grüße, 25 €",
        "Привет, как дела? Заказ №25",
        "今日は良い天気です。全角ＡＢＣも使います。",
        "שלום \u200fעולם\u200e 5",
        "سلام می\u200cخواهم",
        "👨\u200d👩\u200d👧 family",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f flag",
        "São Paulo, Ñandú, Åse, Ærø, 50 °C ± 2, ½ cup — “fine”…",
        "How do I write &amp; in HTML?",
        "<p>Fish &amp; chips</p>",
        "Open C:\\new\\table.txt",
        "Use `print('a\\n')` for a line break",
        "The formula \\nabla \\times \\frac{a}{b}",
        "├── src\n│   └── main.py",
        "How much is it? 20 or 30? At 9? Or 17?",
        "what?why",
        "see https://example.org/?q=don?t&copy=2",
        "Is it his? They ask. Is it?",
        "AT&T; R&D; Q&A",
        "VIÐ ÞÓTTUM Â ÊTRE",
    ],
)
def test_texts_as_they_should_be_are_not_named(text: str) -> None:
    assert look(text, "A plain one") == {}


@pytest.mark.parametrize(
    "text",
    ["Thank you \\ud83d!", "\\ude00\\ud83d", "a bell\\u0007", "an end\\x00", "&#55357;&#56832; hi"],
)
def test_what_makes_no_letter_is_named_without_a_proposal(text: str) -> None:
    (one,) = look(text, "A plain one", "Another plain one").values()
    assert one.hits["proposal"].to_list() == [None] * len(one.hits)


def test_garbled_letters_are_not_named_twice() -> None:
    assert set(look("Ã­ndice y maÃ±ana", "plain")) == {"garbled"}


def test_a_json_target_stays_json() -> None:
    target = json.dumps({"name": "Fish &quot;A&quot;", "note": 'line\n"x"'}, ensure_ascii=False)
    found = look("Fish", targets=(target,), kind="extract")
    assert set(found) == {"entities"}
    for hit in found["entities"].hits.iter_rows(named=True):
        mended = target[: hit["start"]] + hit["proposal"] + target[hit["end"] :]
        assert json.loads(mended)


def test_a_conversation_is_read_by_its_words() -> None:
    said = as_input([Turn("user", 'He said "hi"\nand left'), Turn("assistant", "Ok")])
    assert look(said, "plain", kind="chat") == {}
    bad = as_input([Turn("user", "cafÃ© here")])
    hits = look(bad, "plain", kind="chat")["garbled"].hits
    assert hits["start"].to_list() == [None]
    assert hits["proposal"].to_list() == [None]


@settings(deadline=None, derandomize=True, max_examples=40)
@given(
    st.text("abc é.\n", max_size=30),
    st.sampled_from(["\ufffd", "\u200b", "\x07", "&amp;", "\ufb01"]),
    st.text("xyz é.", max_size=30),
)
def test_places_cover_the_damage(before: str, sign: str, after: str) -> None:
    text = f"{before}{sign}{after}"
    for one in look(text, "plain").values():
        for hit in one.hits.iter_rows(named=True):
            assert text[hit["start"] : hit["end"]] == sign
