"""A sentence that says what the input is not: does the answer take it for what it is?

For labels, another label is named, in its own words; for forms, a value that stands nowhere else.
"""

from __future__ import annotations

from etude.behaviour.cases import Case, Material, Suite
from etude.behaviour.suites._sentences import ended

MARK = "Quillfeather"
OF_LABELS = (
    " The answer is not “{}”.",
    " Please don't take it for “{}”, it isn't.",
    " “{}” would be wrong here.",
)
"""A label may be a thing, a quality or a clause: quoted, the sentence holds whatever it is."""
OF_FORMS = (
    " It is not {}.",
    " Not {}, by the way.",
    " Nobody called {} has anything to do with it.",
)


def _make(material: Material) -> list[Case]:
    found = []
    form = material.form
    examples = material.examples
    rows = zip(examples.ids, examples.inputs, examples.targets, strict=True)
    for index, (name, text, target) in enumerate(rows):
        chance = material.chance("negation", index)
        others = [label for label in material.labels if label != target]
        other = chance.choice(others) if others else MARK
        sentence = chance.choice(OF_LABELS if others else OF_FORMS)
        added = sentence.format(_said(other, material))
        changed = form.with_said(text, ended(form.said(text)) + added)
        found.append(Case(name, text, changed, (other,)))
    return found


def _said(label: str, material: Material) -> str:
    """A label as people say it; a made-up name as it is."""
    return label.replace("_", " ").replace("-", " ") if material.labels else label


SUITE = Suite(
    key="negation",
    plain_name="a word of what it is not",
    about="tricky",
    test="direction",
    version=4,
    rules={"classify": "not_misled", "extract": "not_misled"},
    unfit="a text may rightly speak of what something is not",
    make=_make,
)
