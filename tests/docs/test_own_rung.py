"""The how-to's rung, installed as an entry point, climbs the ladder."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests._children import run
from tests.workflow.conftest import TASK, example_rows, write_csv

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "your-own-rung.md"
SCRIPT = """
import sys, etude
from etude.project import CompareOptions
from etude.evaluation import latency
latency.SINGLES, latency.BATCH = 4, 4
project = etude.open(sys.argv[1])
comparison = project.compare(CompareOptions(quick=True))
for candidate in comparison.candidates:
    print(candidate.rung, candidate.plain_name, candidate.quality.value)
print(project.predict([sys.argv[2]], "words").answers[0].label)
"""


def test_the_documented_rung_runs_as_it_stands(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    package = tmp_path / "site"
    info = package / "own_rung-1.0.dist-info"
    info.mkdir(parents=True)
    (package / "own_rung.py").write_text(code.group(1), encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-rung\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[etude.approaches]\nwords = own_rung:APPROACH\n")
    project = tmp_path / "project"
    rows = example_rows(20)
    write_csv(project / "data" / "messages.csv", rows)
    text = TASK.format(ladder="words, retrieval", metric="accuracy", data="")
    (project / "etude.yaml").write_text(text, encoding="utf-8")
    done = run(SCRIPT, project, rows[0]["message"], env={**os.environ, "PYTHONPATH": str(package)})
    assert done.returncode == 0, done.stderr
    words, _, label = done.stdout.strip().splitlines()
    assert words.startswith("words shared words")
    assert float(words.split()[-1]) > 0.3
    assert label == rows[0]["category"]
