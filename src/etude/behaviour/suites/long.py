"""The same at the end of a longer text: sentences of two other inputs, which ask for nothing, stand
before it.

A sentence asks for nothing of its own where it holds no question, order, wish, number or name, and no
word that its own ideal answer repeats. With labels, only inputs of the same label are used.
"""

from __future__ import annotations

import re
from random import Random

from etude.behaviour.cases import Case, Material, Suite
from etude.behaviour.suites._sentences import sentences
from etude.metrics.measures.unsupported_facts import facts

OTHERS = 2
"""Other inputs, of each of which the sentences that will do are used."""
LONGEST = 1_500
"""Letters that stand before an input at most."""
SHORTEST, OF_A_VALUE = 4, 2
"""Letters of a word by which a sentence is held against its own ideal answer; of a form's value."""
_ORDERS = (
    "activate add advise answer arrange block bring call cancel change check close compare "
    "complete confirm connect contact correct credit deactivate delete deliver describe do "
    "don't escalate explain exchange find fix forward get give go help ignore inform "
    "investigate keep let list look make move open order pay process provide put read refund "
    "reissue remove repair replace reply reset resend resolve respond return review rewrite "
    "see send ship show sort speed stop submit summari[sz]e take tell track transfer "
    "translate try turn unblock unlock update use verify waive write"
)
_ASKED = re.compile(
    r"(?:^|[,;:–—]\s*)(?:(?:so|and|then|also|just|now|or|but|kindly|first|either|at\s+least)[\s,]+)*"
    rf"(?:{'|'.join(_ORDERS.split())})\b"
    r"|\b(?:and|then|or)\s+(?:just\s+|then\s+)?"
    r"(?:explain|remove|send|fix|tell|refund|cancel|replace|reply|call|stop|let\s+me)\b"
    r"|\b(?:please|kindly|asap)\b|\b(?:can|could|will|would)\s+(?:you|someone|somebody|anyone|i|we)\b"
    r"|\b(?:i|we)(?:'d|\s+would)?\s+(?:want|need|like|expect|demand|request|ask|insist|wish|require)\b",
    re.IGNORECASE,
)
"""A sentence that asks for something: by an order, "please", "could you", "I want"."""


def _make(material: Material) -> list[Case]:
    found, form, examples = list[Case](), material.form, material.examples
    neutral = [
        _neutral(form.said(text), target, OF_A_VALUE if material.kind == "extract" else SHORTEST)
        for text, target in zip(examples.inputs, examples.targets, strict=True)
    ]
    for index, (name, text) in enumerate(zip(examples.ids, examples.inputs, strict=True)):
        said = form.said(text)
        before = _before(material, neutral, index)
        if said and before:
            longer = form.with_said(text, f"{before}\n\n{said}")
            found.append(Case(name, text, longer, schema=material.schema))
    return found


def _neutral(said: str, target: str, least: int) -> str:
    """The sentences of an input that ask for nothing; ``least``: letters of a word that counts."""
    repeated = set(_words(target, least))
    kept = []
    for plain in sentences(said):
        if not plain.endswith((".", "!")) or facts(plain) or _asks(plain):
            continue
        if repeated.intersection(_words(plain, least)):
            continue
        kept.append(plain)
    return " ".join(kept)


def _asks(sentence: str) -> bool:
    return sentence.endswith("?") or _ASKED.search(sentence.replace("’", "'")) is not None


def _words(text: str, least: int) -> list[str]:
    return [word.casefold() for word in re.findall(r"\w+", text) if len(word) >= least]


def _before(material: Material, neutral: list[str], index: int) -> str:
    """What stands before one input: of other inputs by chance, up to ``LONGEST`` letters."""
    examples, chance = material.examples, material.chance("long", index)
    targets, groups = examples.targets, examples.groups
    rows = [
        row
        for row, text in enumerate(neutral)
        if text
        and groups[row] != groups[index]
        and (material.kind != "classify" or targets[row] == targets[index])
    ]
    return _cut([neutral[row] for row in _some(rows, chance)])


def _some(rows: list[int], chance: Random) -> list[int]:
    return chance.sample(rows, min(OTHERS, len(rows)))


def _cut(texts: list[str]) -> str:
    """The sentences of the texts, as many as there is room for."""
    found = ""
    for sentence in sentences(" ".join(texts)):
        longer = f"{found} {sentence}".strip()
        if len(longer) > LONGEST:
            break
        found = longer
    return found


SUITE = Suite(
    key="long",
    plain_name="more text before it",
    about="unusual",
    test="invariance",
    version=2,
    rules=dict.fromkeys(("classify", "extract", "write", "chat"), "same"),
    unfit="a draft with more in it is another draft",
    make=_make,
    empty="no other input has sentences that could stand before it and ask for nothing",
)
