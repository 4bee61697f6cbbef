"""A command line in this process, and a watch over what a person owns.

Every command is the real one. After it, the person's files must be as they were, no temporary
file may be left in ``.etude``, and a failure must have the house form and no traceback.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from etude.cli.main import run
from tests._children import Child
from tests.workflow.conftest import short_timing as short_timing

TASK = """\
task: small
kind: classify
instructions: Say what the customer needs.
{labels}data: {{examples: {file}, input: text, target: label}}
bar: {{metric: accuracy, at_least: 0.5, margin: 0.05}}
models: [builtin:minilm]
ladder: [retrieval, probe]
"""
Rows = list[tuple[str, str]]


def rows(count: int = 12, labels: tuple[str, ...] = ("lost", "refund")) -> Rows:
    """English messages that differ, a label each in turn."""
    things = ("card", "parcel", "chair", "lamp", "ticket", "phone", "jacket", "invoice")
    places = ("train", "office", "garden", "station", "kitchen", "airport", "hotel")
    return [
        (
            f"my {things[i % 8]} from the {places[i % 7]} is {labels[i % len(labels)]} since day {i}",
            labels[i % len(labels)],
        )
        for i in range(count)
    ]


def as_csv(content: Rows, delimiter: str = ",") -> bytes:
    lines = [delimiter.join(("text", "label")), *(delimiter.join(row) for row in content)]
    return ("\n".join(lines) + "\n").encode()


def owned(folder: Path) -> dict[str, bytes]:
    """What a person put into the project."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".etude" not in path.relative_to(folder).parts
    }


def temporaries(folder: Path) -> list[Path]:
    return list(folder.rglob(".tmp-*"))


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Both streams on one line, for looking for sentences that the screen broke."""
        return " ".join((self.out + " " + self.err).split())


def in_house_form(ended: Ended, code: int, *parts: str) -> None:
    """A failure that says what was found and what to do, with this code and these words."""
    assert ended.code == code, ended.err
    assert "error: " in ended.err
    assert "next: " in ended.err or "expected" in ended.err
    assert "Traceback" not in ended.err
    assert "Etude failed" not in ended.err
    for part in parts:
        assert part in ended.words


Etude = Callable[..., Ended]
Maker = Callable[..., Path]


@pytest.fixture
def etude(capsys: pytest.CaptureFixture[str]) -> Etude:
    def call(folder: Path, *arguments: str) -> Ended:
        before = owned(folder)
        capsys.readouterr()
        code = run([*arguments, "--project", str(folder)])
        shown = capsys.readouterr()
        after = owned(folder)
        assert {name: after.get(name) for name in before} == before
        assert temporaries(folder) == []
        assert "Traceback" not in shown.err
        return Ended(code, shown.out, shown.err)

    return call


@pytest.fixture
def project(tmp_path: Path) -> Maker:
    def make(
        data: bytes | None = None,
        file: str = "data.csv",
        labels: str = "",
        yaml: bytes | None = None,
    ) -> Path:
        folder = tmp_path / "project"
        folder.mkdir()
        text = TASK.format(file=file, labels=labels).encode()
        (folder / "etude.yaml").write_bytes(text if yaml is None else yaml)
        if data is not None:
            (folder / file).write_bytes(data)
        return folder

    return make


SCRIPT = """\
import resource, sys
from etude.cli.main import run
from etude.evaluation import latency
latency.SINGLES, latency.BATCH, latency.BATCH_ROUNDS = 4, 8, 2
if sys.argv[1] != '0':
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(run(sys.argv[2:]))
"""


def start(folder: Path, *arguments: str, largest: int = 0) -> Child:
    return Child(SCRIPT, largest, *arguments, "--project", folder)


def fresh(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "etude.yaml").write_text(TASK.format(file="data.csv", labels=""))
    (folder / "data.csv").write_bytes(as_csv(rows(24)))
    return folder


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compared project, made by two commands at once: both end well."""
    folder = fresh(tmp_path_factory.mktemp("finished") / "project")
    both = [start(folder, "compare", "--json") for _ in range(2)]
    ended = [one.end() for one in both]
    assert [one.returncode for one in ended] == [0, 0], ended
    first, second = (json.loads(one.stdout) for one in ended)
    assert first["verdict"]["decision"] == second["verdict"]["decision"]
    assert [c["quality"] for c in first["candidates"]] == [
        c["quality"] for c in second["candidates"]
    ]
    assert temporaries(folder) == []
    return folder


@pytest.fixture
def compared(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "compared"))


AS_NOBODY = """\
import os, sys
from etude.cli.main import run
# Whatever is imported late is imported before the rights are gone.
assert run(["check", "--quick", "--quiet", "--project", sys.argv[1]]) == 0
os.setgroups([])
os.setegid(65534)
os.seteuid(65534)
sys.exit(run(["check", "--quick", "--project", sys.argv[2]]))
"""
