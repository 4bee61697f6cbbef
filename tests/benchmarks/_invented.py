"""Small invented clean sets of every kind, so that planting can be tried without public data."""

from __future__ import annotations

import json

from _planted import Clean, Row

HOUSES = (
    "The Mill",
    "Blue Door",
    "Café Anna",
    "Old Anchor",
    "Green Room",
    "Fox Inn",
    "The Lantern",
)
DISHES = ("Italian", "Thai", "Indian", "French", "Polish", "Greek", "Mexican", "Welsh")
AREAS = ("riverside", "city centre", "harbour", "old town", "station quarter", "market", "hill")
COUNT = 240
THINGS = {
    "late_parcel": ("parcel", "has not come yet although it was promised for Monday"),
    "lost_parcel": ("parcel", "was lost on the way and nobody can tell me where it is"),
    "broken_item": ("lamp", "arrived broken in two places and I don't want to keep it"),
    "refund_wanted": ("money", "should come back to me because I sent the lamp back"),
    "wrong_item": ("order", "was mixed up with that of another customer of yours"),
}


def _side(at: int) -> str:
    return "holdout" if at % 5 == 0 else "train"


def classify() -> Clean:
    labels = sorted(THINGS)
    rows: list[Row] = []
    for at in range(COUNT):
        label = labels[at % len(labels)]
        thing, what = THINGS[label]
        text = f"Hello, my {thing} from order {at} {what}, what can I do about it?"
        rows.append({"id": f"c{at:04d}", "input": text, "target": label, "side": _side(at)})
    return Clean("classify", "classify", tuple(rows))


def _place(at: int) -> dict[str, str | None]:
    house, dish, area = HOUSES[at % 7], DISHES[at % 8], AREAS[(at // 7) % 7]
    family = ("yes", "no", None)[at % 3]
    return {"name": house, "food": dish, "rating": f"{at % 50}", "area": area,
            "familyFriendly": family, "near": HOUSES[(at + 3) % 7]}  # fmt: skip


def _told(record: dict[str, str | None]) -> str:
    kind = {"yes": "It's family friendly.", "no": "It's not for children.", None: "It's quiet."}
    return (
        f"{record['name']} serves {record['food']} food in the {record['area']} near "
        f"{record['near']}. Guests give it {record['rating']} points. {kind[record['familyFriendly']]}"
    )


def write() -> Clean:
    rows: list[Row] = []
    for at in range(COUNT):
        record = _place(at)
        said = ", ".join(f"{key}[{value}]" for key, value in record.items() if value)
        rows.append(
            {"id": f"w{at:04d}", "input": said, "target": _told(record), "group": f"g{at // 2}"}
            | {"side": _side(at)}
        )
    return Clean("write", "write", tuple(rows), record=True)


def extract() -> Clean:
    rows: list[Row] = []
    for at in range(COUNT):
        record = _place(at)
        target = json.dumps(record, ensure_ascii=False, separators=(", ", ": "))
        rows.append(
            {"id": f"e{at:04d}", "input": _told(record), "target": target, "side": _side(at)}
        )
    more = {row["id"]: (f"People say: {row['input']}",) for row in rows[::3]}
    return Clean("extract", "extract", tuple(rows), paraphrases=more)


def _question(at: int) -> tuple[str, str, str]:
    house, hour = HOUSES[at % 7], 1 + at % 11
    asked = f"When does {house} open on day {at} of the season?"
    fact = f"{house} opens at {hour}:30 pm and has {1 + at % 9} rooms."
    answer = f"Yes, it is open from {hour}:30 pm. There are {1 + at % 9} rooms. It's no trouble."
    return asked, fact, answer


def answer() -> Clean:
    """write with a context."""
    rows: list[Row] = []
    for at in range(COUNT):
        asked, fact, said = _question(at)
        rows.append(
            {"id": f"a{at:04d}", "input": asked, "target": said, "context": fact, "side": _side(at)}
        )
    return Clean("answer", "write", tuple(rows), knowledge=("The season begins in May.",))


def chat() -> Clean:
    rows: list[Row] = []
    for at in range(COUNT):
        asked, fact, said = _question(at)
        messages = [
            {"role": "system", "content": "Answer from the note."},
            {"role": "user", "content": f"{asked}\n\nNote: {fact}"},
        ]
        text = json.dumps(messages, ensure_ascii=False, separators=(",", ":"))
        rows.append({"id": f"t{at:04d}", "input": text, "target": said, "side": _side(at)})
    return Clean("chat", "chat", tuple(rows))


EVERY = {one().name: one() for one in (classify, write, extract, answer, chat)}
