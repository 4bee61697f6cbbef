"""What a tool or a model left behind: markup, places to fill in, refusals, chat marks, a mail's tail.

Decoys: the same signs in use (x < y, B&B, a list in brackets), people who politely refuse, a course
about language models.
"""

# ruff: noqa: E501 (tables are read an entry a line)
from __future__ import annotations

from _planted._base import Bed, Clean, Row, Sort
from _planted._carriers import put_in

PIECES: dict[str, tuple[tuple[str, str], ...]] = {
    "html": (
        ("{}", "<br>"), ("{}", "<p>Please note:</p>"), ("See the {} here.", '<a href="/faq">list</a>'),
        ("It is {} quiet.", "<b>very</b>"), ("{}", '<div class="msg-body">'), ("{}", "</span></td>"),
        ("{}", "<!-- wp:paragraph -->"), ("{}", '<img src="logo.png" alt="">'),
    ),
    "entities": (
        ("Fish {} chips.", "&amp;"), ("I don{}t know.", "&#39;"), ("A{}lot.", "&nbsp;"),
        ("It{}s fine.", "&rsquo;"), ("It costs {}5.", "&pound;"), ("He said {}yes.", "&quot;"),
    ),
    "placeholder": (
        ("Dear {},", "{{first_name}}"), ("Hello {}!", "{customer_name}"), ("Yours, {}", "[Your Name]"),
        ("It closes at {}.", "[INSERT TIME]"), ("Call {}.", "<phone number>"), ("It is {} a night.", "${price}"),
        ("Hi {},", "%FIRSTNAME%"), ("{}", "Lorem ipsum dolor sit amet."), ("It is {} away.", "XX km"),
        ("{}", "TODO: check with Anna"), ("Hello {},", "*|FNAME|*"), ("Your code is {}.", "<%= code %>"),
        ("It was {}.", "[object Object]"), ("Dear {},", "undefined"), ("Total: {}", "#REF!"),
    ),
    "chat_marks": (
        ("{}", "<|im_end|>"), ("{}", "[/INST]"), ("{}", "</s>"), ("{}", "### Response:"),
        ("{}", "<|eot_id|>"), ("{}", "<start_of_turn>model"), ("{}", "\n\nHuman:"), ("{}", "<think>"),
    ),
    "mail_tail": (
        ("{}", "Sent from my iPhone"), ("{}", "On Mon, 6 Jan 2025 at 10:12, Support wrote:"),
        ("{}", "> > Thanks for your message"), ("{}", "-----Original Message-----"),
        ("{}", "This e-mail and any attachments are confidential."), ("{}", "Get Outlook for Android"),
    ),
}  # fmt: skip
REFUSALS = (
    "I'm sorry, but I can't assist with that request.", "I cannot fulfill this request.",
    "I'm sorry, but as an AI I don't have access to real-time information.",
    "As an AI language model, I don't have personal opinions.",
    "I apologize, but I'm not able to provide that information.",
    "Unfortunately I can't help with that. Is there something else I can do?",
)  # fmt: skip
MODEL_TALK = (
    ("{}", "As an AI language model,"), ("{}", "Sure! Here is a friendly reply:"),
    ("{}", "Certainly! Here's the rewritten text:"), ("{}", "My knowledge cutoff is in September 2021."),
    ("{}", "I hope this response meets your requirements."), ("{}", "Here is the answer in two sentences:"),
)  # fmt: skip
DECOYS = (
    ("B&B", "We stay at a {}."), ("x < y and y > z", "It holds that {}."), ("I <3 this", "{}"),
    ("[see page 4]", "It is said there {}."), ("{1, 2, 3}", "It is one of {}."), ("5 > 3", "As we know {}."),
    ("the AI language course", "I take {}."), ("P&L and R&D;", "Ask {}."), ("[sic]", "It is spelt so {}."),
    ("we can't accept pets, I'm sorry", "I'm afraid {}."), ("100% of them", "It was {}."),
    ("the human resources team", "Write to {}."), ("a <5 minute walk", "It is {}."),
    ("to do list", "It is on my {}."), ("$5 {for two}", "It costs {}."),
    ("I can't help you with a refund after 30 days", "As the note says {}."),
)  # fmt: skip


def _plant(bed: Bed, rate: float) -> None:
    count = bed.count(rate)
    prose = bed.clean.prose_targets
    names = [*PIECES, "refusal", "model_talk"] if prose else list(PIECES)
    for at, row in enumerate(bed.take(count)):
        name = names[at % len(names)]
        if name == "refusal":
            was, row["target"] = row["target"], bed.random.choice(REFUSALS)
            bed.fault(name, row, field="target", was=was)
            continue
        carrier, text = bed.random.choice(MODEL_TALK if name == "model_talk" else PIECES[name])
        answer = bed.clean.record or name == "model_talk" or bed.random.random() < 0.6
        where = "target" if prose and answer else "input"
        bed.fault(name, row, **_put(bed, row, where, carrier, text.strip()))
    for at, row in enumerate(bed.take(count)):
        text, carrier = DECOYS[at % len(DECOYS)]
        bed.decoy("in_use", row, **_put(bed, row, "target" if prose else "input", carrier, text))


def _put(bed: Bed, row: Row, where: str, carrier: str, text: str) -> dict[str, object]:
    return put_in(bed, row, where, carrier, text)


def _fits(clean: Clean) -> bool:
    return not clean.record or clean.prose_targets


SORT = Sort("what tools and models left behind", _fits, _plant)
