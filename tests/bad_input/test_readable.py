"""Texts that ``builtin:minilm`` reads in part or not well: ``etude check`` says so, lightly."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from etude.data.languages import language, languages
from tests.bad_input.conftest import Etude, Maker, as_csv, rows
from tests.bad_input.test_files import found

GERMAN = [
    (f"wo bleibt meine Karte, ich warte schon {i} Tage auf {w}", label)
    for i, (w, (_, label)) in enumerate(zip("abcdefghijkl", rows(), strict=True))
]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Where is my card? I have been waiting for two weeks.", "English"),
        ("refund please", "English"),
        ("Ich habe meine Karte verloren und kann nicht bezahlen", "German"),
        ("Je n'ai pas reçu ma carte, pouvez-vous me dire pour quand ?", "French"),
        ("Perdí mi tarjeta y no puedo pagar con la app", "Spanish"),
        ("Где моя карта?", "Cyrillic letters"),
        ("我的卡在哪里？", "Chinese or Japanese characters"),
        ("أين بطاقتي", "Arabic letters"),
        ("XK-4471 GTX", None),
        ("😀😀", None),
        ("", None),
    ],
)
def test_the_language_of_a_text(text: str, kind: str | None) -> None:
    assert language(text) == kind


def test_the_commonest_other_language_is_named_first() -> None:
    seen = languages(["der Hund ist nicht da", "wo ist das Haus", "Где моя карта?", "the end"])
    assert (seen.judged, seen.other, seen.kinds) == (4, 3, ("German", "Cyrillic letters"))


def test_other_languages_are_said(etude: Etude, project: Maker) -> None:
    ended = etude(project(as_csv([(t.replace(",", ""), label) for t, label in GERMAN])), "check")
    assert "12 examples (100 %) look as if they are not in English (German)" in ended.words


def test_english_raises_no_warning(etude: Etude, project: Maker) -> None:
    codes = found(etude(project(as_csv(rows(40))), "check", "--json"))
    assert not codes & {"not_english", "too_long_for_model"}


def test_long_texts_are_counted(etude: Etude, project: Maker) -> None:
    long = ("please send the card again " * 60, "lost")
    # 254 pieces and the two special tokens: exactly what the model reads.
    fits = ("card " * 254, "lost")
    ended = etude(project(as_csv([*rows(), long, fits])), "check", "--json")
    [finding] = [
        f for f in json.loads(ended.out)["dataset"]["findings"] if f["code"] == "too_long_for_model"
    ]
    assert finding["count"] == 1
    assert "more than the 256 word pieces" in finding["sentence"]


def test_a_quick_check_loads_no_torch(project: Maker) -> None:
    long = ("please send the card again " * 60, "lost")
    folder = project(as_csv([*rows(), long]))
    code = (
        "import sys; from etude.cli.main import run;"
        "run(['check', '--quick', '--project', sys.argv[1]]);"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"word pieces" in done.stdout
