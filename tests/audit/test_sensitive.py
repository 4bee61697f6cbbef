from __future__ import annotations

import pytest

from etude.audit._base import Found
from etude.audit.sensitive import AUDIT
from tests.audit._material import material


def look(text: str) -> dict[str, Found]:
    rows = [{"input": text, "target": "a"}, {"input": "where is my parcel", "target": "b"}]
    return {one.finding.code: one for one in AUDIT.run(material("classify", rows))}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I am diabetic and need a meal without sugar.", "health"),
        ("My daughter has asthma.", "health"),
        ("In her file: the patient suffers from epilepsy.", "health"),
        ("I was diagnosed with cancer last year", "health"),
        ("Diagnosis: major depression", "health"),
        ("My wife is pregnant", "health"),
        ("Religion: Sikh", "religion"),
        ("I am a practising Muslim", "religion"),
        ("I'm gay and would like to know", "sexual_life"),
        ("I'm a shop steward here", "union_membership"),
        ("I am a member of the Labour Party", "politics"),
        ("Ethnicity: Roma", "ethnic_origin"),
        ("Please delete my fingerprint scans", "biometrics_and_genes"),
        ("Patient reports shortness of breath.", "health"),
        ("Since my stroke I walk slowly", "health"),
        ("I'm on 20 mg of citalopram", "health"),
        ("They found a tumour in my lung", "health"),
        ("As a practising Catholic I fast", "religion"),
        ("My family is Roma", "ethnic_origin"),
        ("I vote Labour", "politics"),
        ("I joined the trade union in May", "union_membership"),
    ],
)
def test_what_is_said_of_a_person_is_found(text: str, code: str) -> None:
    found = look(text)
    assert set(found) == {code}
    hit = found[code].hits.row(0, named=True)
    assert text[hit["start"] : hit["end"]].strip(" .") in hit["evidence"]


@pytest.mark.parametrize(
    "text",
    [
        "What should I do if I am pregnant and want to fly?",
        "Do you cover cancer treatment? I am a cancer researcher.",
        "My card is disabled, and I have disabled notifications.",
        "I am not disabled. He does not have asthma.",
        "I almost had a heart attack seeing the bill; I am depressed about the delay.",
        "I'm straight to the point and have a catholic taste.",
        "The trade union called a strike, the Labour Party won, the church is Catholic.",
        "I voted for the blue design. Race: 100m sprint final.",
        "Religion: none. Diagnosis: unknown",
        "I am a black and white photography fan.",
        "This book is about a girl with diabetes.",
        "The Christian bakery and the gay bar are on the left.",
        "The patient was patient. I'm sick of it. My phone has a virus. I'm deaf to that.",
        "I paid by Western Union into my credit union; my DNA sensor; I am allergic to queues.",
    ],
)
def test_topics_and_conditions_are_none(text: str) -> None:
    assert look(text) == {}
