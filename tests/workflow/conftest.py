"""Small real projects: rows of the example project, the real encoder, short timing."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import etude
from etude.evaluation import latency
from etude.records.comparison import Comparison

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "support-triage"
KINDS = ("billing", "account", "product_advice", "business")

TASK = """\
task: small
kind: classify
instructions: Say what the customer needs.
labels:
  billing: payments, invoices, vouchers
  account: login, profile, app
  product_advice: plant care and choice
  business: wholesale, press, partners
data: {{examples: data/messages.csv, input: message, target: category, id: message_id{data}}}
bar: {{metric: {metric}, at_least: 0.5, margin: 0.05}}
models: [builtin:minilm]
ladder: [{ladder}]
"""


def example_rows(per_label: int, skip: int = 0) -> list[dict[str, str]]:
    """The first ``per_label`` rows of each of four categories, after ``skip`` of each: how their
    messages begin, for half as long a text is embedded in half the time."""
    with (EXAMPLE / "data" / "messages.csv").open(encoding="utf-8", newline="") as lines:
        rows = [{**row, "message": _beginning(row["message"])} for row in csv.DictReader(lines)]
    found = []
    for kind in KINDS:
        found += [row for row in rows if row["category"] == kind][skip : skip + per_label]
    return sorted(found, key=lambda row: row["message_id"])


def _beginning(message: str) -> str:
    """Whole words, up to 80 letters."""
    return message if len(message) <= 80 else message[:80].rpartition(" ")[0]


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ["message_id", "message", "category"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


Maker = Callable[..., Path]


@pytest.fixture(scope="session")
def make_project(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    def make(
        per_label: int = 20,
        ladder: str = "prompt, retrieval, probe",
        metric: str = "accuracy",
        holdout: int = 0,
    ) -> Path:
        folder = tmp_path_factory.mktemp("project")
        write_csv(folder / "data" / "messages.csv", example_rows(per_label))
        data = ""
        if holdout:
            write_csv(folder / "data" / "holdout.csv", example_rows(holdout, skip=per_label))
            data = ", holdout: data/holdout.csv"
        text = TASK.format(ladder=ladder, metric=metric, data=data)
        (folder / "etude.yaml").write_text(text, encoding="utf-8")
        return folder

    return make


@pytest.fixture(autouse=True, scope="session")
def short_timing() -> Iterator[None]:
    """A few requests are enough to see that they are timed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latency, "SINGLES", 4)
        patch.setattr(latency, "BATCH", 8)
        patch.setattr(latency, "BATCH_ROUNDS", 2)
        yield


class Told:
    """A progress that remembers what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def step(self, name: str, total: float | None = None, unit: str = ""):
        from etude.progress import Silent

        return Silent().step(name, total, unit)


@pytest.fixture(scope="session")
def crossed(make_project: Maker) -> tuple[Path, Comparison, Told]:
    folder = make_project()
    told = Told()
    return folder, etude.open(folder, told).compare(), told
