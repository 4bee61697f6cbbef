"""A small release without a model: what sealing, packing and finding need, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from etude.records.release import Base, Parity, ReleaseManifest
from etude.records.task import ModelRef
from etude.releases import making
from etude.releases.contents import entries

FILES = {
    "asked.json": "{}",
    "candidate/candidate.json": '{"rung": "probe"}',
    "candidate/arrays.safetensors": "numbers",
    "candidate/examples.parquet": "rows",
    "MODEL_CARD.md": "# A card",
}


def manifest_for(folder: Path, **changes: Any) -> ReleaseManifest:
    fields: dict[str, Any] = {
        "task": "triage",
        "kind": "classify",
        "candidate": "probe@builtin:minilm",
        "rung": "probe",
        "rung_version": 1,
        "plain_name": "quick classifier",
        "base": Base(reference=ModelRef(name="builtin:minilm")),
        "dataset": "d1",
        "holdout_id": None,
        "task_hash": "t",
        "comparison": "r1",
        "quality": None,
        "etude_version": "0",
        "code": "c",
        "versions": {"numpy": "2"},
        "parity": Parity(inputs=0, legs=()),
        "files": entries(folder),
    }
    return ReleaseManifest(**(fields | changes))


def write_files(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def make(home: Path, files: dict[str, str] | None = None, **changes: Any) -> Path:
    """A sealed release in ``home``."""
    home.mkdir(parents=True, exist_ok=True)
    with making.staged(home) as temp:
        write_files(temp, files or FILES)
        folder, _ = making.seal(temp, manifest_for(temp, **changes), home)
    return folder
