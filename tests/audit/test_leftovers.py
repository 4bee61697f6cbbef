from __future__ import annotations

import pytest

from etude.audit._base import Found
from etude.audit.leftovers import AUDIT
from tests.audit._material import material, task

GOOD = [
    "Hello Anna, your order is on its way.",
    "Sure! See you at 9.",
    "Of course, you can bring a dog. Anything else?",
    "Sorry, we cannot refund that; the ticket was non-refundable.",
    "I'm sorry, we can't deliver to Peru yet, but our partner can.",
    "I can't help but smile at your photo.",
    "Here is the address: 12 Mill Lane.",
    "Here are the opening hours: 9 to 5.",
    "See [1] and [sic], and [citation needed].",
    "The set {1, 2} is finite, and x < 3 > 2.",
    "Use 50% sugar, 20 % salt.",
    "Let me know if you need anything else!",
    "Love, Sue xxx. Super Bowl XXX was in 1996.",
    "Note: parking is free.",
    "Virtual assistants and language tools are sold here.",
    "The assistant: a play in two acts.",
    "On Monday she wrote: see you at 9. It was sent from my account.",
    "The film XX is 20 years old, and XX is a Roman numeral.",
    "This message is important, and confidential talks are held in room 2.",
    "The value is null and the result undefined, said Dr. Null.",
    "We grew by 20%A lot. Only 5% OFF today, 100%!",
    "x > y > z, and cats > dogs.",
    "Thanks for asking. Here is the answer to your question: yes.",
    "name[Blue Spice], area[riverside]",
]


def look(
    *targets: str, kind: str = "write", inputs: tuple[str, ...] = (), **more: object
) -> dict[str, Found]:
    padding = tuple(GOOD)
    asked = (*(inputs or ("Write it.",) * len(targets)), *("Write it.",) * len(padding))
    rows = [{"input": i, "target": t} for i, t in zip(asked, (*targets, *padding), strict=True)]
    return {one.finding.code: one for one in AUDIT.run(material(kind, rows, **more))}


def test_good_texts_are_not_named() -> None:
    assert look() == {}


@pytest.mark.parametrize(
    ("text", "code", "proposal"),
    [
        ("<p>Hello &amp; welcome</p><ul><li>one</li></ul>", "html", "Hello & welcome\n\n- one"),
        ("Dear [Customer Name], thanks.", "placeholders", None),
        ("Dear {{first_name}}, thanks.", "placeholders", None),
        ("Dear {first_name}, thanks.", "placeholders", None),
        ("Dear ${name}, thanks.", "placeholders", None),
        ("Dear <CUSTOMER_NAME>, thanks.", "placeholders", None),
        ("Dear %s, thanks.", "placeholders", None),
        ("We arrive on [insert date].", "placeholders", None),
        ("Lorem ipsum dolor sit amet.", "placeholders", None),
        ("Call us on XXXX today.", "placeholders", None),
        ("TODO: write this", "placeholders", None),
        ("Hello *|FNAME|*, welcome.", "placeholders", None),
        ("Hi %FIRSTNAME%, welcome.", "placeholders", None),
        ("Your code is <%= code %>.", "placeholders", None),
        ("{% if new %}Welcome.", "placeholders", None),
        ("Call <order number> first.", "placeholders", None),
        ("It lies XX km from here.", "placeholders", None),
        ("The value was [object Object].", "placeholders", None),
        ("In total: #REF!", "placeholders", None),
        ("Dear undefined, thanks.", "placeholders", None),
        ("Hello. <!-- wp:paragraph --> Bye.", "html", "Hello. Bye."),
        ("All good.\n\nSent from my iPhone", "mail_tail", None),
        ("Alles gut. Von meinem iPhone gesendet", "mail_tail", None),
        ("Fine.\nOn Tue, 4 Mar 2025 at 09:12, Anna wrote:\n> hi", "mail_tail", None),
        ("Gut.\nAm 4. März 2025 um 9:12 schrieb Anna Berg:", "mail_tail", None),
        ("Fine.\n-----Original Message-----\nHi", "mail_tail", None),
        ("> > Thanks a lot\nWelcome.", "mail_tail", None),
        ("Fine. This e-mail and any attachments are confidential.", "mail_tail", None),
        ("Human: how are you?", "chat_tokens", ""),
        ("All good.<|im_end|>", "chat_tokens", ""),
        ("### Response: All good.", "chat_tokens", ""),
        ("[INST] All good. [/INST]", "chat_tokens", ""),
        ("Assistant: All good.", "chat_tokens", ""),
        ("<think>Let me see.</think>All good.", "thinking", ""),
        ("As an AI language model, I have no shoes.", "ai_speech", None),
        ("My knowledge cutoff is 2023.", "ai_speech", None),
        ("I'm sorry, but I can't assist with that request.", "refusals", None),
        ("I cannot help with that.", "refusals", None),
        ("Sure! Here is the rewritten text:\nHello there.", "chatter", ""),
        ("Certainly! Here's a friendlier version:\n\nHello.", "chatter", ""),
        ("Hello.\n\nLet me know if you'd like me to adjust the tone!", "chatter", ""),
    ],
)
def test_leftovers_are_found(text: str, code: str, proposal: str | None) -> None:
    found = look(text)
    assert set(found) == {code}
    hit = found[code].hits.row(0, named=True)
    assert hit["id"] == "r000"
    assert hit["proposal"] == proposal
    assert found[code].finding.severity == "warning"
    if hit["start"] is not None:
        assert text[hit["start"] : hit["end"]].strip().startswith(hit["evidence"][:5])


def test_what_most_targets_have_is_the_task() -> None:
    templates = tuple(f"Dear {{{{name}}}}, order {n} is sent." for n in range(60))
    assert look(*templates) == {}
    pages = tuple(f"<p>Page {n}</p>" for n in range(60))
    assert look(*pages) == {}


def test_gaps_that_the_input_has_are_copied() -> None:
    assert look("Dear [NAME], hello.", inputs=("write to [NAME]",)).keys() == {
        "placeholders_in_inputs"
    }


def test_masks_in_inputs_are_how_people_hide_data() -> None:
    assert look("Fine.", inputs=("My card is XXXX XXXX 1234",)) == {}


def test_a_models_words_inside_a_text_are_taken_out_and_no_more() -> None:
    text = "Yes, we do. Certainly! Here's the rewritten text: We are open. "
    text += "I hope this response meets your requirements. Bye."
    hits = look(text)["chatter"].hits
    assert [
        text[h["start"] : h["end"]].strip() for h in hits.sort("start").iter_rows(named=True)
    ] == [
        "Certainly! Here's the rewritten text:",
        "I hope this response meets your requirements.",
    ]


def test_thoughts_and_mail_in_inputs_are_told_of() -> None:
    found = look("Fine.", "Fine.", inputs=("Hello <think>", "Hello\nSent from my iPad"))
    assert found.keys() == {"chat_tokens_in_inputs", "mail_tail_in_inputs"}
    assert found["mail_tail_in_inputs"].finding.severity == "note"


def test_code_and_json_are_left_alone() -> None:
    assert look("```\nprint('%s' % {name})\n```") == {}
    json_target = '{"name":"<b>","note":"{{x}}"}'
    rows = [{"input": "a bold b", "target": json_target}, {"input": "c", "target": '{"name":"c"}'}]
    assert list(AUDIT.run(material("extract", rows))) == []


def test_refusals_that_the_boundaries_may_want_are_a_note() -> None:
    given = task("write", boundaries={"refuse": ["medical advice"]})
    found = look("I cannot help with that.", task=given)
    assert found["refusals"].finding.severity == "note"


def test_inputs_of_labelled_tasks_are_read_and_labels_are_not() -> None:
    rows = [
        {"input": "<br>where is it<br/>", "target": "{{label}}"},
        {"input": "fine", "target": "other"},
        {"input": "more", "target": "other"},
    ]
    codes = [one.finding.code for one in AUDIT.run(material("classify", rows))]
    assert codes == ["html_in_inputs"]
