"""Personal data in examples: e-mail, phone, cards, identity numbers, names, addresses and the like.

What is found is shown by its first and last characters alone, because findings are exported. What a
task is about (a phone number that is to be extracted) is told as a note; what stands in many
examples alike (the name in a team's own sign-off) is told once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polars as pl

from etude.audit._base import A_LOOK, EVERY, LABELLED, Audit, Found, Material, count_of, found
from etude.privacy import Sort, all_recognisers, marked, presidio, state
from etude.privacy.sorts import SIGNED
from etude.privacy.topics import topic_of
from etude.records.dataset import Repair, Severity
from etude.records.task import Task

STANDING_SHARE = 0.05
STANDING_LEAST = 10
"""A text in so many groups of examples (share and count) is a team's own, not a customer's."""
SIGNING_SHARE = 0.005
SIGNING_LEAST = 3
"""So is a name that signs the targets of so many groups."""
PRESIDIO_ROWS = 20_000
"""More rows than this are not given to Presidio, which takes some milliseconds a text."""
_SECONDS = 4.0
_MEANT = Repair(
    apply="decide",
    sentence="see that whoever they belong to has agreed to such use; then leave them",
)
_ALLOWED = re.compile(
    r"consent|synthetic|invented|fictitious|fictional|made[ -]up|anonymi[sz]ed|pseudonymi[sz]ed"
    r"|einwilligung|erfunden|anonymisiert",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|not|without|lacks?|missing|never|unknown|keine?|ohne|nicht)\b", re.IGNORECASE
)


def _run(material: Material) -> Iterator[Found]:
    everybody = all_recognisers()
    model = presidio.installed()
    if model and len(material.frame) <= PRESIDIO_ROWS:
        everybody += presidio.load(model)
    elif model:
        yield _not_read(material)
    sorts = {one.sort.tag: one.sort for one in everybody if not one.sort.secret}
    fields = fields_read(material)
    places = marked({name: material.texts(name) for name in fields}, everybody)
    places = places.filter(pl.col("sort").is_in(list(sorts)))
    if places.is_empty():
        return
    places = places.with_columns(
        material.frame["id"].gather(places["row"]).alias("id"),
        material.frame["group"].gather(places["row"]).alias("group"),
    )
    standing = _standing(places, material.frame["group"].n_unique())
    if len(standing):
        yield _told_once(standing, places, len(material.frame))
        places = places.join(standing, on=["sort", "held"], how="anti")
    for tag in sorted(places["sort"].unique()):
        yield _one_sort(material, sorts[tag], places.filter(pl.col("sort") == tag))


def fields_read(material: Material) -> tuple[str, ...]:
    """The fields that are texts: a label is none."""
    target = () if material.task.kind in LABELLED else ("target",)
    return ("input", "context", *target)


def _standing(places: pl.DataFrame, groups: int) -> pl.DataFrame:
    """Texts (``sort``, ``held``) that stand in many groups, with their ``rows``."""
    signing = (pl.col("title") == SIGNED) & (pl.col("field") == "target")
    counted = places.group_by("sort", "held").agg(
        pl.col("group").n_unique().alias("groups"),
        pl.col("group").filter(signing).n_unique().alias("signed"),
        pl.col("row").n_unique().alias("rows"),
    )
    often = pl.col("groups") >= max(STANDING_LEAST, STANDING_SHARE * groups)
    signs = pl.col("signed") >= max(SIGNING_LEAST, SIGNING_SHARE * groups)
    return counted.filter(often | signs).select("sort", "held", "rows")


def _told_once(standing: pl.DataFrame, places: pl.DataFrame, rows: int) -> Found:
    first = (
        places.join(standing, on=["sort", "held"])
        .sort("rows", "sort", "row", descending=[True, False, False])
        .unique(["sort", "held"], keep="first", maintain_order=True)
    )
    named = [
        f"{title} {shown} in {count:,}"
        for title, shown, count in first.select("title", "shown", "rows").head(3).iter_rows()
    ]
    more = f" and {len(first) - 3:,} more" if len(first) > 3 else ""
    return found(
        "private",
        "private_standing",
        "note",
        f"{count_of(len(first), 'name or number stands', 'names or numbers stand')} in many of the "
        f"{rows:,} examples ({'; '.join(named)}{more}): likely your own, so told once each",
        _hits(first, offer=False),
        costs="the model learns to write them: a person who leaves the team goes on signing",
        repair=Repair(
            apply="decide", sentence="leave them if they are your team's own; else take them out"
        ),
        seconds_each=_SECONDS,
    )


def _one_sort(material: Material, sort: Sort, places: pl.DataFrame) -> Found:
    task = material.task
    rows = places["row"].n_unique()
    sentence = (
        f"{rows:,} of {count_of(len(material.frame), 'example')} "
        f"{_hold(sort, places)} ({_where(places)})"
    )
    titles = [title for title in places["title"].unique().sort() if title != sort.noun]
    if titles:
        sentence += f": {', '.join(titles[:4])}{' …' if len(titles) > 4 else ''}"
    severity: Severity = "warning"
    meant = topic_of(sort, _named(task, material.labels))
    allowed = _allowed(task)
    if meant:
        severity, sentence = "note", f"{sentence}; the task is about them ({meant!r}), so they stay"
    elif allowed:
        severity, sentence = "note", f"{sentence}; data.rights says {allowed!r}"
    return found(
        "private",
        f"private_{sort.tag.lower()}",
        severity,
        sentence,
        _hits(places, offer=not meant),
        costs="a model can repeat what it was trained on, to anybody; the examples hold it too",
        repair=_MEANT if meant else _repair(sort, places),
        seconds_each=_SECONDS,
    )


def _hold(sort: Sort, places: pl.DataFrame) -> str:
    if len(places) == 1:
        return f"holds {'an' if sort.noun[0] in 'aeiou' else 'a'} {sort.noun}"
    return f"{'holds' if places['row'].n_unique() == 1 else 'hold'} {sort.plural}"


def _where(places: pl.DataFrame) -> str:
    counted = dict(places.group_by("field").len().iter_rows())
    named = (("input", "inputs"), ("context", "contexts"), ("target", "targets"))
    return ", ".join(f"{counted[name]:,} in {many}" for name, many in named if name in counted)


def _repair(sort: Sort, places: pl.DataFrame) -> Repair:
    sentence = f"put [{sort.tag}_1] and so on in their place, the same throughout an example"
    if (places["field"] == "target").any():
        sentence += "; the model then writes the tag, to be filled in when its answer is used"
    return Repair(apply="replace", sentence=sentence)


def _hits(places: pl.DataFrame, offer: bool = True) -> pl.DataFrame:
    return places.select(
        "id",
        "field",
        "start",
        "end",
        pl.format("{}: {}", "title", "shown").alias("evidence"),
        (pl.col("tag") if offer else pl.lit(None, pl.String)).alias("proposal"),
        pl.col("certainty").alias("score"),
    )


def _named(task: Task, labels: Sequence[str]) -> list[str]:
    """Names of fields, columns and labels that say what a task is about."""
    columns = [task.data.input] if isinstance(task.data.input, str) else task.data.input or ()
    return [
        *_properties(task.output_schema or {}),
        *(name for name in (*columns, task.data.target, task.data.context) if name),
        *labels,
    ]


def _properties(schema: object) -> Iterator[str]:
    """Names of all properties of a JSON Schema, inner ones among them."""
    if isinstance(schema, dict):
        for key, inner in schema.items():
            if key == "properties" and isinstance(inner, dict):
                yield from inner
            yield from _properties(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _properties(inner)


def _allowed(task: Task) -> str | None:
    """What ``data.rights`` says of consent, or of data that are nobody's."""
    rights = task.data.rights or ""
    for match in _ALLOWED.finditer(rights):
        if not _DENIED.search(rights[max(0, match.start() - 24) : match.start()]):
            return rights if len(rights) <= 60 else f"{rights[:59]}…"
    return None


def _not_read(material: Material) -> Found:
    return found(
        "private",
        "private_names_not_read",
        "note",
        f"Presidio is installed, but was not asked for names inside the sentences of "
        f"{len(material.frame):,} examples: it reads at most {PRESIDIO_ROWS:,}",
        pl.DataFrame(schema={"id": pl.String}),
        costs="names in the middle of sentences stay where they are, and a model can repeat them",
        repair=Repair(
            apply="decide", sentence="check the examples in parts, or read some of them yourself"
        ),
        minutes=A_LOOK,
    )


def _state() -> str:
    return f"{state()} {presidio.state()}"


def _unlooked() -> Iterator[tuple[str, str]]:
    missing = presidio.missing()
    if missing is not None:
        yield "people's names in the middle of sentences", ": ".join(missing)


AUDIT = Audit("personal data", EVERY - {"image"}, "rows", _run, _state, _unlooked)
