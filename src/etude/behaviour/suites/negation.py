"""A sentence that says what the input is not: does the answer take it for what it is?

For labels, another label is named, in its own words; for forms, a value that stands nowhere else.
"""

from __future__ import annotations

from etude.behaviour.cases import Case, Material, Suite

MARK = "Quillfeather"
OF_LABELS = (
    " This is not about {}.",
    " Please don't take it for {}, it isn't.",
    " It has nothing to do with {}.",
)
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
        added = sentence.format(other.replace("_", " ").replace("-", " "))
        changed = form.with_said(text, form.said(text) + added)
        found.append(Case(name, text, changed, (other,)))
    return found


SUITE = Suite(
    key="negation",
    plain_name="a word of what it is not",
    about="tricky",
    test="direction",
    version=3,
    rules={"classify": "not_misled", "extract": "not_misled"},
    unfit="a text may rightly speak of what something is not",
    make=_make,
)
