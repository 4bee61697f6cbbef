from __future__ import annotations

import json
from typing import Any

import pytest

from etude.audit import Found, conflicts
from tests.audit._material import material
from tests.audit._sentences import different


def found_in(kind: str, rows: list[dict[str, Any]]) -> dict[str, Found]:
    return {one.finding.code: one for one in conflicts.run(material(kind, rows))}


def among(*pairs: tuple[str, str], good: int = 20) -> list[dict[str, Any]]:
    rows = [{"input": text, "target": target} for text, target in pairs]
    return rows + [{"input": text, "target": f"t{at}"} for at, text in enumerate(different(good))]


def test_two_labels_for_one_input_are_for_a_person_to_decide() -> None:
    rows = among(("Where is it?", "card"), ("where is  it?", "parcel"))
    one = found_in("classify", rows)["conflicts"]
    assert one.hits.select("id", "other").rows() == [("r000", "r001"), ("r001", "r000")]
    assert one.hits["evidence"][0] == '"card" here, "parcel" in r001'
    assert one.finding.repair is not None
    assert one.finding.repair.apply == "decide"
    assert one.hits["proposal"].to_list() == [None, None]


def test_a_clear_majority_outvotes_one_label_and_is_proposed() -> None:
    rows = among(*[("Where is my parcel?", "parcel")] * 4, ("where is my parcel please", "card"))
    codes = found_in("classify", rows)
    assert set(codes) == {"outvoted"}
    hit = codes["outvoted"].hits.row(0, named=True)
    assert (hit["id"], hit["proposal"], hit["score"]) == ("r004", "parcel", 0.9)
    assert codes["outvoted"].finding.repair is not None
    assert codes["outvoted"].finding.repair.apply == "relabel"


def test_two_against_one_is_no_clear_majority() -> None:
    rows = among(*[("Where is my parcel?", "parcel")] * 2, ("Where is my parcel?", "card"))
    assert set(found_in("classify", rows)) == {"conflicts"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where is my order 12 now?", "Where is my order 13 now?"),
        ("I can see the payment in the app", "I can't see the payment in the app"),
        ("The film was good and long, and we saw it", "The film was bad and long, and we saw it"),
        ("I transferred some money but it is late", "I transferred some money but it is late yet"),
        ("That is everything", "That is everything, thanks"),
        ("Does the card work in the shop", "Does the cart work in the shop"),
    ],
)
def test_inputs_that_differ_in_what_may_matter_are_no_conflict(one: str, other: str) -> None:
    assert found_in("classify", among((one, "a"), (other, "b"))) == {}


def test_courtesy_hides_no_conflict_unless_a_label_is_about_it() -> None:
    plain = "Where is the sofa that I ordered"
    rows = among((plain, "sofa"), (f"Good morning, {plain}? Many thanks", "delay"))
    rows += [{"input": text, "target": "delay"} for text in different(30)[20:]]
    assert found_in("classify", rows)["conflicts"].hits["id"].to_list() == ["r000", "r001"]
    for row in rows[-10:]:
        row["input"] = f"Thanks, {row['input']}, thank you"
    assert found_in("classify", rows) == {}


def test_a_field_that_the_changed_words_say_nothing_of_is_in_conflict() -> None:
    text = "Aromi is a place near the river that serves {} food to people who have the time"
    one = (text.format("Thai"), '{"food":"Thai","near":"river"}')
    there = one[0].replace("people who have the time", "people who take the time")
    conflict = found_in("extract", among(one, (there, '{"food":"Thai","near":"station"}')))
    assert conflict["conflicts"].hits["evidence"][0] == 'near: "river" here, "station" in r001'
    meant = one[0].replace("river", "station")
    assert found_in("extract", among(one, (meant, '{"food":"Thai","near":"station"}'))) == {}
    assert found_in("extract", among(one, (there, '{"food":"Thai"}'))) == {}


def test_answers_that_contradict_where_a_few_words_of_the_question_differ() -> None:
    one = (
        "Do you have a gym in the house that guests may use",
        "There is a gym in the basement for you.",
    )
    other = (
        "Do you have a gym in the house that visitors may use",
        "There is not a gym in the basement for you.",
    )
    assert set(found_in("write", among(one, other))) == {"conflicts"}
    free = (other[0], "No, there is a gym that visitors may use.")
    guests = (one[0], "No, there is no gym that visitors may use.")
    assert set(found_in("write", among(free, guests))) == {"conflicts"}
    swim = (
        "Do you have a pool in the house that guests may use",
        "There is not a pool in the basement for you.",
    )
    assert found_in("write", among(one, swim)) == {}
    rows = among(one, other)
    rows[0]["context"], rows[1]["context"] = "A gym.", "No gym."
    assert found_in("write", rows) == {}


def test_a_short_question_of_several_groups_is_looked_at_where_a_context_is_given() -> None:
    rows: list[dict[str, Any]] = []
    for group, text in enumerate(different(30)):
        rows += [
            {"input": said, "target": f"t{group}", "group": group} for said in ("Is it free?", text)
        ]
    rows[0]["target"], rows[2]["target"] = "Yes, it is.", "No, it costs 3."
    assert found_in("write", rows) == {}
    for row in (rows[0], rows[2]):
        row["context"] = "The price of the museum"
    assert found_in("write", rows)["conflicts"].hits["id"].to_list() == ["r000", "r002"]


def test_one_input_in_two_contexts_is_no_conflict() -> None:
    rows = among(("How much is it?", "cheap"), ("How much is it?", "dear"))
    rows[0]["context"], rows[1]["context"] = "It costs 1.", "It costs 1,000."
    assert found_in("classify", rows) == {}


def test_extracted_values_that_differ_are_named_by_field() -> None:
    rows = among(
        ("Ada paid 12 euros", '{"name":"Ada","total":12,"note":null}'),
        ("Ada paid  12 euros", '{"name":"ada","total":13}'),
    )
    one = found_in("extract", rows)["conflicts"]
    assert one.hits["evidence"][0] == "total: 12 here, 13 in r001"


def test_spaces_count_where_values_are_copied_from_the_input() -> None:
    rows = among(
        ("Play it on Lastfm", '{"on":"Lastfm"}'), ("Play it on Last Fm", '{"on":"Last Fm"}')
    )
    assert found_in("extract", rows) == {}


def test_the_same_values_written_otherwise_are_no_conflict() -> None:
    rows = among(
        ("Ada paid 12 euros", '{"name":"Ada","total":12,"tags":["a","b"],"note":null}'),
        ("Ada paid 12 euros", '{"tags":["b","a"],"total":12.0,"name":" ada"}'),
    )
    assert found_in("extract", rows) == {}


@pytest.mark.parametrize(
    ("question", "one", "other", "said"),
    [
        ("How long do I have?", "You have 30 days to return it.", "It's 14 days.", "30 days"),
        ("Do you open on Sundays?", "Yes, from nine.", "No, we are closed then.", '"yes"'),
        (
            "Say it",
            "Parcels are sent from Lyon on day 3",
            "Parcels are sent from Lyon on day 5",
            "3",
        ),
        ("Write it", "The lamp can be used outdoors", "The lamp can not be used outdoors", "not"),
        (
            "Write it",
            "Our inn by the sea offers rides to all",
            "Our inn by the sea does not offer rides to all",
            "not",
        ),
        (
            "Any pool?",
            "No, there are pools for all guests",
            "No, there are no pools for guests",
            "no",
        ),
        ("Which cards?", "No, we take cards and cash", "Yes, we take cards and cash", '"no"'),
        ("Hi, is it free? Ticket 7", "Yes, it is.", "No luck, sorry, it costs.", '"yes"'),
    ],
)
def test_answers_that_contradict_one_another(
    question: str, one: str, other: str, said: str
) -> None:
    hits = found_in("write", among((question, one), (question, other)))["conflicts"].hits
    assert hits["id"].to_list() == ["r000", "r001"]
    assert all(said in evidence for evidence in hits["evidence"])


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (
            "Write a line about a dog",
            "Rex, aged 3, digs up bones.",
            "A dog of 9 years sleeps well.",
        ),
        ("How do I reset it?", "Hold the button for five seconds.", "Press and hold the button."),
        ("Write a slogan", "No more cold tea", "Tea that stays warm"),
        ("Do you ship abroad?", "Yes, we do.", "Certainly, to 30 countries."),
        ("When do you close?", "Until 7 pm, every day.", "We close at 7:00 pm on most days."),
        ("What is in it?", "2 kettles and 3 cups", "3 cups, 2 kettles"),
        ("Which cards do you take?", "No, cash alone.", "Yes, we take cash, and nothing besides."),
        (
            "Is it for children?",
            "Free under 5 years, half up to 16.",
            "Up to 5 free, 16 years half.",
        ),
        ("How much may it weigh?", "It may weigh up to 300 kilos", "It may weigh up to 300kg"),
        ("Is there a pool?", "No, there is no pool here", "There is no pool here"),
    ],
)
def test_several_good_answers_are_a_note_alone(question: str, one: str, other: str) -> None:
    codes = found_in("write", among((question, one), (question, other)))
    assert set(codes) == {"several_answers"}
    assert codes["several_answers"].finding.severity == "note"
    assert codes["several_answers"].hits["other"].to_list() == ["r001", "r000"]


def test_conversations_are_read_for_their_question() -> None:
    talk = json.dumps([{"role": "user", "content": "Is it free?"}])
    hits = found_in("chat", among((talk, "Yes, it is."), (talk, "No, it costs 3.")))
    assert hits["conflicts"].finding.count == 2


def test_good_examples_have_none() -> None:
    for kind in ("classify", "write", "chat", "rewrite"):
        assert found_in(kind, among(good=60)) == {}
    assert found_in("classify", []) == {}
