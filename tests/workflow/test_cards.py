"""The cards beside the report: one a candidate, one of the examples, and no row in any of them."""

from __future__ import annotations

from pathlib import Path

import etude
from etude.records.comparison import Comparison
from etude.workflow.cards import file_name


def test_each_scored_candidate_and_the_examples_have_a_card(
    crossed: tuple[Path, Comparison, object],
) -> None:
    folder, comparison, _ = crossed
    project = etude.open(folder)
    pages = project.report()
    assert pages.cards == folder / "cards"
    scored = [one for one in comparison.candidates if one.quality is not None]
    names = {file_name(one.name) for one in scored}
    assert {path.name for path in pages.cards.iterdir()} == names | {"examples.md"}
    rows = (folder / project.task.data.examples).read_text("utf-8").splitlines()[1:]
    for path in pages.cards.iterdir():
        text = path.read_text("utf-8")
        assert comparison.dataset.id in text
        assert "release" not in text or path.name == "examples.md"
        assert not any(row.split(",")[0].strip('"') in text for row in rows if len(row) > 30)
    card = (pages.cards / file_name(scored[0].name)).read_text("utf-8")
    assert scored[0].quality is not None
    assert f"{scored[0].quality.n:,} examples" in card
    before = card
    project.report()
    assert (pages.cards / file_name(scored[0].name)).read_text("utf-8") == before


def test_cards_of_ways_that_are_gone_go_and_what_a_person_wrote_stays(
    crossed: tuple[Path, Comparison, object],
) -> None:
    folder, comparison, _ = crossed
    cards = etude.open(folder).report().cards
    card = (cards / file_name(comparison.candidates[0].name)).read_text("utf-8")
    gone, own, other = (cards / name for name in ("gone.md", "notes.md", "readme.txt"))
    gone.write_text(card, "utf-8")
    mine = '---\nlibrary_name: "etude"\n---\n\n# My own\n'
    own.write_text(mine, "utf-8")
    other.write_text(card, "utf-8")
    etude.open(folder).report()
    assert not gone.exists()
    assert own.read_text("utf-8") == mine
    assert other.exists()
    own.unlink()
    other.unlink()


def test_names_of_files_are_plain() -> None:
    assert file_name("probe@builtin:minilm") == "probe-builtin-minilm.md"
    assert file_name("prompt@../a b/ü") == "prompt-..-a-b-.md"
