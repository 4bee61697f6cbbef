from __future__ import annotations

import pytest

from etude.audit._base import Found
from etude.audit._tongues import language_of
from etude.audit.languages import AUDIT
from tests.audit._material import material

ENGLISH = [
    f"This is the answer to your question number {n}, and we will help you with it."
    for n in range(40)
]
ASKED = [f"Where is the parcel that I have ordered with you on day {n}?" for n in range(40)]
GERMAN = "Das ist die Antwort auf deine Frage, und wir helfen dir gern mit dem Paket."
FRENCH = "Le colis que vous avez commandé est dans le dépôt et nous vous aidons."


def look(inputs: list[str], targets: list[str], kind: str = "write") -> dict[str, Found]:
    rows = [{"input": i, "target": t} for i, t in zip(inputs, targets, strict=True)]
    return {one.finding.code: one for one in AUDIT.run(material(kind, rows))}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (ENGLISH[0], "English"),
        (GERMAN, "German"),
        (FRENCH, "French"),
        ("El paquete que usted ha pedido está en la tienda y los zapatos también.", "Spanish"),
        (
            "Het pakket dat u heeft besteld is er niet, maar wij helpen u graag met de schoenen.",
            "Dutch",
        ),
        ("Paczka, którą zamówiono, jest już w sklepie i nie będzie to długo.", "Polish"),
        ("Il pacco che hai ordinato non è nel negozio, ma siamo qui per la tua scarpa.", "Italian"),
    ],
)
def test_languages_are_told_by_their_small_words(text: str, name: str) -> None:
    assert language_of(text) == name


@pytest.mark.parametrize(
    "text", ["", "ok", "Café de la Paix", "Los Angeles", "TR5558", "42", "thanks", "Der Spiegel"]
)
def test_short_texts_and_names_are_left_undecided(text: str) -> None:
    assert language_of(text) is None


def test_one_language_is_no_finding() -> None:
    assert look(ASKED, ENGLISH) == {}
    names = [
        f"{text} We met at Café de la Paix in Los Angeles with Der Spiegel." for text in ENGLISH
    ]
    assert look(ASKED, names) == {}


def test_a_target_in_another_language_is_a_warning() -> None:
    found = look(ASKED, [*ENGLISH[:39], GERMAN])
    assert set(found) == {"other_language_targets"}
    assert found["other_language_targets"].hits["id"].to_list() == ["r039"]
    assert found["other_language_targets"].finding.severity == "warning"


def test_an_answer_in_the_language_of_its_question_is_right() -> None:
    german = "Wo ist das Paket, das ich bei euch bestellt habe, und wie lange noch?"
    found = look([*ASKED[:39], german], [*ENGLISH[:39], GERMAN])
    assert set(found) == {"other_language_inputs"}
    assert found["other_language_inputs"].finding.severity == "note"


def test_scripts_are_told_by_their_letters() -> None:
    found = look(ASKED, [*ENGLISH[:38], "Ваша посылка уже в пути", "ご注文ありがとうございます"])
    assert found["other_language_targets"].finding.count == 2


def test_a_set_in_two_languages_is_a_note_without_rows() -> None:
    found = look(ASKED, [*ENGLISH[:20], *[f"{GERMAN} {n}" for n in range(20)]])
    assert set(found) == {"several_languages_targets"}
    assert found["several_languages_targets"].finding.count == 0


def test_a_translation_task_is_in_order() -> None:
    assert look(ASKED, [f"{GERMAN} Nummer {n}" for n in range(40)]) == {}


def test_a_sentence_in_another_language() -> None:
    mixed = f"{ENGLISH[0]} {GERMAN} {ENGLISH[1]}"
    found = look(ASKED, [*ENGLISH[:39], mixed])
    hit = found["switched_language"].hits.row(0, named=True)
    assert mixed[hit["start"] : hit["end"]] == GERMAN


@pytest.mark.parametrize(
    ("short", "language"),
    [
        ("Leider kommt das Paket erst morgen.", "German"),
        ("Niestety paczka jeszcze nie dotarła.", "Polish"),
        ("Purtroppo non possiamo rimborsare scarpe usate.", "Italian"),
        ("O pacote ainda não chegou.", "Portuguese"),
        ("Mitt paket har fortfarande inte kommit.", "Swedish"),
    ],
)
def test_a_short_text_is_told_by_what_the_others_do_not_say(short: str, language: str) -> None:
    found = look(ASKED, [*ENGLISH[:39], short])
    assert set(found) == {"other_language_targets"}
    hit = found["other_language_targets"].hits.row(0, named=True)
    assert (hit["id"], hit["evidence"]) == ("r039", f"{language}: {short}")


@pytest.mark.parametrize(
    "text",
    [
        "Deliver to 25 Lake View Road, Bridge Town AL 25638",
        "add Lo Que Suena Los Angeles",
        "no 45 gateway road, po box 87, al 25985",
        "parcel 1234 sent, kettle broken",
        "My sister said “le colis est dans le dépôt”, so we came.",
        "Lahore (लाहौर शहर का नाम) is a town, and we like 寿司.",
    ],
)
def test_names_addresses_and_quoted_words_are_no_other_language(text: str) -> None:
    assert look(ASKED, [*ENGLISH[:39], text]) == {}


@pytest.mark.parametrize(
    "foreign",
    [
        "Моя посылка ещё не пришла.",
        "荷物がまだ届きません。",
        "我的包裹还没有到。",
        "لم تصل طردي حتى الآن.",
    ],
)
def test_a_sentence_in_another_script(foreign: str) -> None:
    mixed = f"{ENGLISH[0]} {foreign} {ENGLISH[1]}"
    hit = look(ASKED, [*ENGLISH[:39], mixed])["switched_language"].hits.row(0, named=True)
    assert mixed[hit["start"] : hit["end"]].strip() == foreign


def test_a_sentence_whose_full_stop_is_lost_and_one_of_an_input() -> None:
    asked = "Where is the parcel that I have ordered Ich habe mein Passwort vergessen."
    found = look([*ASKED[:39], asked], ENGLISH)
    assert set(found) == {"switched_language_inputs"}
    assert found["switched_language_inputs"].finding.severity == "note"
    hit = found["switched_language_inputs"].hits.row(0, named=True)
    assert asked[hit["start"] : hit["end"]] == "Ich habe mein Passwort vergessen."


def test_too_few_that_can_be_told_say_nothing() -> None:
    assert look(["ok"] * 12, [*["42"] * 11, GERMAN]) == {}
