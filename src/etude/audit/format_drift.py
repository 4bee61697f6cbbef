"""What most targets share, and the targets that break it: "93 % end with a sign-off; these don't".

Nothing is asked of a person: the rules are induced from the targets themselves, one property of
their form a file in ``_style``. What a simple condition on the input explains is no fault (a record
without a scary part needs no gentle note), and where a condition makes a rule ("where `scary` is
not empty"), the rows under it are held to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from etude.audit._base import TEXTS, Audit, Found, Material
from etude.audit._style import _properties as properties
from etude.audit._style._explain import Explainer
from etude.audit._style._inputs import Inputs
from etude.audit._style._rules import FEWEST, Rule, Targets, induce, measured
from etude.audit._style._together import Reader, by_rows
from etude.audit._style._trait import Trait

AUDIT_NAME = "format_drift"


def run(material: Material) -> Iterable[Found]:
    """One finding for each rule that some rows break, or for several that the same rows break."""
    frame = material.frame
    if len(frame) < FEWEST:
        return
    targets = Targets.of(frame["target"].fill_null(""))
    explainer = Explainer(targets, Inputs(frame, material.task.kind))
    rules: list[Rule] = []
    with material.progress.step("Comparing the form of targets"):
        for trait in properties.traits(targets.texts):
            rules += _broken(trait, targets, explainer)
    reader = Reader(frame["id"].to_list(), frame["target"].fill_null("").to_list(), _given(frame))
    for group in by_rows(rules):
        told = reader.told(group, AUDIT_NAME)
        if told is not None:
            yield told


def _broken(trait: Trait, targets: Targets, explainer: Explainer) -> Iterator[Rule]:
    values = measured(trait, targets)
    rule = induce(trait, values, targets)
    if rule is None:
        yield from explainer.conditional(trait, values)
    elif rule.broken:
        left = explainer.left(rule)
        if left is not None:
            yield left


def _given(frame: pl.DataFrame) -> list[str]:
    """All that a model is given, as text, to see what is copied from it."""
    return (frame["input"].fill_null("") + "\n" + frame["context"].fill_null("")).to_list()


AUDIT = Audit(
    title="targets whose form differs from the others'",
    kinds=TEXTS,
    needs="rows",
    run=run,
)
