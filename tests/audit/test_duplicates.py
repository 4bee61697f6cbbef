from __future__ import annotations

import json
from typing import Any

import pytest

from etude.audit import Found, duplicates
from tests.audit._material import material
from tests.audit._sentences import different


def found_in(kind: str, rows: list[dict[str, Any]]) -> list[Found]:
    return list(duplicates.run(material(kind, rows)))


def test_a_copy_is_found_whatever_its_case_and_spaces_and_the_longest_target_stays() -> None:
    rows = [{"input": text, "target": "a"} for text in different(20)]
    rows += [
        {"input": "Where is my  parcel", "target": "Soon"},
        {"input": "where is my parcel", "target": "soon"},
        {"input": "Where is  my parcel", "target": "Soon "},
    ]
    (one,) = found_in("write", rows)
    assert one.finding.code == "duplicates"
    assert one.hits["id"].to_list() == ["r020", "r021"]
    assert one.hits["other"].to_list() == ["r022", "r022"]
    assert one.finding.repair is not None
    assert one.finding.repair.apply == "drop"
    told = "2 of 23 examples repeat another, input and target (1 text stands 3 times)"
    assert one.finding.sentence == told


def test_the_first_in_the_file_stays_among_equals() -> None:
    rows = [
        {"id": "z", "input": "the same text", "target": "a", "line": 2},
        {"id": "a", "input": "the same text", "target": "a", "line": 9},
        {"id": "m", "input": "quite another", "target": "b", "line": 4},
    ]
    (one,) = found_in("classify", rows)
    assert one.hits.select("id", "other").rows() == [("a", "z")]
    assert one.finding.sentence.endswith("(1 text stands twice)")


def test_key_order_in_json_and_unicode_forms_make_no_difference() -> None:
    rows = [
        {"input": "Caf\u00e9, 3 cups", "target": '{"cups":3,"item":"coffee"}'},
        {"input": "cafe\u0301, 3 cups", "target": '{"item":"coffee","cups":3.0}'},
    ]
    (one,) = found_in("extract", rows)
    assert one.finding.count == 1


@pytest.mark.parametrize(
    "rows",
    [
        [
            {"input": "order 12 is late", "target": "a"},
            {"input": "order 13 is late", "target": "a"},
        ],
        [{"input": "where is it", "target": "a"}, {"input": "where is it", "target": "b"}],
        [
            {"input": "what does it cost", "target": "9", "context": "It costs 9."},
            {"input": "what does it cost", "target": "9", "context": "It is 9 today."},
        ],
        [
            {"input": "the same text", "target": "a", "side": "train"},
            {"input": "the same text", "target": "a", "side": "holdout"},
        ],
        [
            {"input": "the same text", "target": "a", "side": "holdout"},
            {"input": "the same text", "target": "a", "side": "left_out"},
        ],
        [],
    ],
)
def test_what_is_no_copy(rows: list[dict[str, Any]]) -> None:
    assert found_in("classify", rows) == []


def test_short_answers_in_many_conversations_are_no_copies_and_long_ones_are() -> None:
    long = "this very long complaint about the delivery was pasted into two conversations"
    rows: list[dict[str, Any]] = []
    for talk, text in enumerate(different(30)):
        rows += [
            {"input": "yes", "target": "confirm", "group": talk},
            {"input": text, "target": "other", "group": talk},
        ]
    assert found_in("classify", rows) == []
    rows += [{"input": long, "target": "other", "group": talk} for talk in (1, 2)]
    (one,) = found_in("classify", rows)
    assert one.finding.count == 1


def test_conversations_are_compared_by_what_is_said_not_by_their_json() -> None:
    def talk(rules: str) -> str:
        turns = [
            {"role": "system", "content": rules},
            {"role": "user", "content": "When do you open?"},
        ]
        return json.dumps(turns)

    rows = [
        {"input": talk("Be kind."), "target": "At nine."},
        {"input": talk("Be  kind."), "target": "At nine."},
        {"input": talk("Be brief."), "target": "At nine."},
    ]
    (one,) = found_in("chat", rows)
    assert one.hits["id"].to_list() == ["r001"]


def test_a_short_text_of_several_groups_is_a_copy_where_its_answer_is_long() -> None:
    rows: list[dict[str, Any]] = []
    for group, text in enumerate(different(30)):
        rows += [
            {"input": said, "target": f"{said} of {group}", "group": group}
            for said in ("Is it open?", text)
        ]
    assert found_in("write", rows) == []
    rows[0]["target"] = rows[2]["target"] = "It is open from nine to five."
    (one,) = found_in("write", rows)
    assert one.hits["id"].to_list() == ["r002"]
    rows[0]["target"] = rows[2]["target"] = "Yes."
    assert found_in("write", rows) == []
