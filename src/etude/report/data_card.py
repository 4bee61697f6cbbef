"""The data card of a release, in Markdown: where the examples come from, how many, whose they are.

From records alone. No row of the examples is in it.
"""

from __future__ import annotations

from etude.records.dataset import DatasetVersion, Finding, SourceFile
from etude.records.task import Task
from etude.report._facts import shown_path

_SIDES = {
    "train": "learned from",
    "dev": "settings chosen on",
    "holdout": "kept aside for the verdict",
    "all": "learned from and, fold by fold, scored",
}


def data_card(task: Task, version: DatasetVersion) -> str:
    """The card of the examples that a release was made with."""
    parts = [
        f"# The examples of {task.task}",
        f"Version `{version.id}`, read {version.created}.",
        "## Where they come from",
        "\n".join(_source(one) for one in version.sources),
        f"Rights, consent and licence: {task.data.rights or 'not stated in etude.yaml'}.",
        "## How many",
        "\n".join(_counts(version)),
        "## What was found in them",
        "\n".join(_findings(version)) or "Nothing that a person should know.",
        "## Limits",
        "They show what the task was like when they were collected. What they leave out, the "
        "release has not learned, and nobody has measured.",
    ]
    return "\n\n".join(parts) + "\n"


def _source(source: SourceFile) -> str:
    rejected = f", {source.rejected:,} of which could not be used" if source.rejected else ""
    return (
        f"- `{shown_path(source.path)}`: {source.rows:,} rows{rejected}, {source.bytes:,} bytes, "
        f"sha256 `{source.sha256}`"
    )


def _counts(version: DatasetVersion) -> list[str]:
    lines = [f"- {version.rows:,} examples in {version.groups:,} independent groups"]
    lines += [f"- {count:,} {_SIDES.get(side, side)}" for side, count in version.sizes.items()]
    if version.left_out:
        lines.append(f"- {version.left_out:,} copies of examples kept aside, left out of training")
    return [*lines, *(f"- `{label}`: {count:,}" for label, count in version.labels.items())]


def _findings(version: DatasetVersion) -> list[str]:
    return [f"- {_of(one)}: {one.code.replace('_', ' ')}" for one in version.findings]


def _of(finding: Finding) -> str:
    return f"{finding.count:,} rows" if finding.count else "the whole set"
