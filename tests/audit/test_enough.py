from __future__ import annotations

import pytest

from etude.audit import Found, Material, registry
from tests.audit._material import material, task


def findings(read: Material) -> dict[str, Found]:
    return {one.finding.code: one for one in registry.load("enough").run(read)}


def rows(count: int, **more: object) -> list[dict[str, object]]:
    return [{"input": f"in {at}", "target": f"out {at}"} | more for at in range(count)]


@pytest.mark.parametrize("kind", ["extract", "write", "rewrite", "chat"])
def test_fewer_than_fifty_are_called_few_in_every_kind(kind: str) -> None:
    one = findings(material(kind, rows(31)))["few_examples"].finding
    assert one.severity == "warning"
    assert one.sentence.startswith("only 31 examples to learn from")
    assert one.repair is not None
    assert one.repair.apply == "add"
    assert "19 more" in one.repair.sentence
    assert one.count == 0


def test_fifty_are_not_called_few() -> None:
    assert findings(material("write", rows(50))) == {}


def test_rows_of_one_group_count_once() -> None:
    made = [row | {"group": at // 3} for at, row in enumerate(rows(90))]
    sentence = findings(material("write", made))["few_examples"].finding.sentence
    assert "90 examples, of which 30 are independent" in sentence


def test_held_out_rows_are_nothing_to_learn_from() -> None:
    made = [row | {"side": "holdout" if at < 40 else "train"} for at, row in enumerate(rows(80))]
    assert "only 40 examples" in findings(material("write", made))["few_examples"].finding.sentence


def labelled(**counts: int) -> Material:
    made = [
        {"input": f"{label} {at}", "target": label}
        for label, count in counts.items()
        for at in range(count)
    ]
    return material("classify", made)


def test_thin_labels_are_named_and_rare_ones_left_to_the_split() -> None:
    found = findings(labelled(a=40, b=40, thin=7, rare=3))
    sentence = found["thin_labels"].finding.sentence
    assert sentence.startswith("1 label has fewer than 10 independent examples: 'thin' (7)")
    assert "rare" not in sentence
    assert "thin_labels" not in findings(labelled(a=40, b=10))


def test_one_label_for_nearly_all_hides_the_others_under_accuracy() -> None:
    one = findings(labelled(ham=90, spam=10))["lopsided_labels"].finding
    assert one.severity == "warning"
    assert "90 % of the examples (90 of 100) are labelled 'ham'" in one.sentence
    assert "macro_f1" in (one.repair.sentence if one.repair else "")
    assert "lopsided_labels" not in findings(labelled(ham=70, spam=30))


def test_under_macro_f1_it_is_a_note() -> None:
    read = labelled(ham=90, spam=10)
    judged = task("classify", bar={"metric": "macro_f1"})
    made = material("classify", read.frame.select("input", "target").to_dicts(), task=judged)
    assert findings(made)["lopsided_labels"].finding.severity == "note"
