"""The contract of extract: what parses, why not, and the one spelling of a value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.contracts.schema import SchemaContract, contract_problems
from etude.errors import TaskError

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "vendor": {"type": "string"},
        "status": {"enum": ["paid", "open"]},
        "items": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "quantity": {"type": "integer", "minimum": 1},
                },
                "required": ["name", "quantity"],
                "additionalProperties": False,
            },
        },
        "total": {"type": ["number", "null"]},
    },
    "required": ["vendor", "items"],
    "additionalProperties": False,
}
CONTRACT = SchemaContract(SCHEMA)
GOOD = {"vendor": "Ä & Co", "items": [{"name": "tea", "quantity": 2}]}


def faults(text: str | None, contract: SchemaContract = CONTRACT) -> str:
    value, words = contract.parse(text)
    assert (value is None) is bool(words)
    return "\n".join(words)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD),
        f"\n {json.dumps(GOOD, indent=2)}\n",
        f"```json\n{json.dumps(GOOD)}\n```",
        f"```\n{json.dumps(GOOD)}\n```\n",
    ],
)
def test_spaces_and_one_fence_are_forgiven(text: str) -> None:
    assert CONTRACT.parse(text) == (GOOD, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no answer"),
        ("", "the answer is empty"),
        ("Here you are: {}", "is not JSON: a value is missing, text has no quotes, or there is a"),
        (
            '{"vendor": "a",}',
            "is not JSON: a name in double quotes is missing, or there is a comma too many (line",
        ),
        ('{"vendor": "a", "items": []} thanks', "more text follows the value"),
        ('{"vendor": "a", "vendor": "b", "items": []}', "the answer has the key 'vendor' twice"),
        ('{"vendor": "a", "items": [], "total": NaN}', "holds NaN, which JSON does not have"),
        ('{"vendor": "\\ud800", "items": []}', "holds half of a character pair"),
        ("[" * 100_000, "the answer is nested too deeply"),
        ("[" * 200 + "]" * 200, "the answer is nested too deeply"),
        ('{"total": ' + "9" * 5000 + "}", "holds a number with too many digits"),
        ("[1]", "the answer: expected object, found a list of 1"),
        ("{}", "field vendor: is missing\nfield items: is missing"),
        (
            '{"vendor": 3, "items": [{"name": "tea", "quantity": "3"}]}',
            "field vendor: expected string, found integer 3\n"
            "field items[0].quantity: expected integer, found string '3'",
        ),
        (
            '{"vendor": "a", "items": [{"nam": "tea", "quantity": 0}]}',
            "field items[0].quantity: expected at least 1, found integer 0",
        ),
        (
            '{"vendor": "a", "items": [{"nam": "tea", "quantity": 1}]}',
            "field items[0].nam: is not in the schema; did it mean 'name'?",
        ),
        (
            '{"vendor": "a", "items": [], "status": "payed"}',
            "field status: expected one of 'paid', 'open', found string 'payed'; did it mean 'paid'?",
        ),
        (
            '{"vendor": "a", "items": [{},{},{},{}]}',
            "field items: expected at most 3 items, found a list of 4",
        ),
        (
            '{"vendor": "a", "items": [], "total": true}',
            "field total: expected number or null, found true",
        ),
    ],
)
def test_what_is_wrong_is_told_field_by_field(text: str | None, said: str) -> None:
    assert said in faults(text)


def test_format_is_a_note_and_no_rule() -> None:
    schema = {"type": "object", "properties": {"day": {"type": "string", "format": "date"}}}
    assert SchemaContract(schema).parse('{"day": "soon"}') == ({"day": "soon"}, ())


def test_alternatives_are_told_by_the_nearest() -> None:
    schema = {
        "type": "object",
        "properties": {
            "to": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/person"}]},
        },
        "$defs": {"person": {"type": "object", "properties": {"age": {"type": "integer"}}}},
    }
    said = faults('{"to": {"age": "old"}}', SchemaContract(schema))
    assert said.startswith("field to.age: expected integer, found string 'old'")


def test_keys_are_in_the_order_of_the_schema_and_spaces_are_none() -> None:
    value = {"total": 3.0, "items": [{"quantity": 2, "name": "tea"}], "vendor": "Ä"}
    compact = '{"vendor":"Ä","items":[{"name":"tea","quantity":2}],"total":3}'
    assert CONTRACT.compact(value) == compact


def test_order_follows_references_alternatives_and_what_is_left() -> None:
    schema = {
        "type": "object",
        "properties": {
            "left": {"$ref": "#/$defs/node"},
            "shape": {
                "oneOf": [
                    {"properties": {"r": {"type": "number"}}, "required": ["r"]},
                    {"properties": {"w": {}, "h": {}}, "required": ["w", "h"]},
                ]
            },
            "pair": {"prefixItems": [{"$ref": "#/$defs/node"}], "items": {"properties": {"z": {}}}},
        },
        "additionalProperties": {"$ref": "#/$defs/node"},
        "$defs": {
            "node": {
                "allOf": [{"properties": {"name": {}}}],
                "properties": {"b": {}, "a": {"$ref": "#/$defs/node"}},
            }
        },
    }
    contract = SchemaContract(schema)
    value = {
        "zz": {"name": 1, "b": 2},
        "more": {"y": 1, "x": 2, "a": {"a": {}, "b": 1}},
        "pair": [{"name": 1, "b": 2}, {"a": 1, "z": 2}],
        "shape": {"h": 1, "w": 2},
        "left": {"x": 0, "a": {"a": 1, "b": 2}, "b": 3},
    }
    assert contract.compact(value) == (
        '{"left":{"b":3,"a":{"b":2,"a":1},"x":0},"shape":{"w":2,"h":1},'
        '"pair":[{"b":2,"name":1},{"z":2,"a":1}],'
        '"more":{"a":{"b":1,"a":{}},"x":2,"y":1},"zz":{"b":2,"name":1}}'
    )


def test_a_reference_that_leads_to_itself_ends() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/properties/a"}}}
    assert SchemaContract(schema).compact({"a": {"y": 1, "x": 2}}) == '{"a":{"x":2,"y":1}}'


@pytest.mark.parametrize(
    ("schema", "field", "said"),
    [
        ("text", "schema", "found no section"),
        ({"properties": {"a": {}}}, "schema.type", "is missing"),
        ({"type": "array"}, "schema.type", "put a list into a field of its own"),
        ({"type": "objct"}, "schema.type", "found 'objct'"),
        ({"type": "object"}, "schema.properties", "is missing"),
        ({"type": "object", "properties": []}, "schema.properties", "found []"),
        (
            {"type": "object", "properties": {"a": {"type": "strng"}}},
            "schema.properties.a.type",
            "did you mean 'string'?",
        ),
        (
            {"type": "object", "properties": {"a": {"type": "float"}}},
            "schema.properties.a.type",
            "write number",
        ),
        (
            {"type": "object", "properties": {"type": 3}},
            "schema.properties.type",
            "found 3; expected object or boolean",
        ),
        (
            {"type": "object", "properties": {"a": {"minimum": "1"}}},
            "schema.properties.a.minimum",
            "found '1'; expected number",
        ),
        (
            {"type": "object", "properties": {"a": {"$ref": "https://example.org/x.json"}}},
            "schema.properties.a.$ref",
            "leads outside this schema",
        ),
        (
            {"type": "object", "properties": {"a": {"$ref": "other.json#/x"}}},
            "schema.properties.a.$ref",
            "nothing is fetched",
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"items": {"$ref": "#/$defs/persn"}}},
                "$defs": {"person": {}},
            },
            "schema.properties.a.items.$ref",
            "leads nowhere; expected one of #/$defs/person",
        ),
    ],
)
def test_a_schema_that_can_be_no_contract_is_told(schema: Any, field: str, said: str) -> None:
    problems = contract_problems(schema)
    assert [problem.field for problem in problems if said in str(problem)] == [field], problems


def test_every_problem_of_a_schema_at_once() -> None:
    schema = {"type": "list", "properties": {"a": {"type": "strng"}, "b": {"enum": 3}}}
    with pytest.raises(TaskError) as caught:
        SchemaContract(schema)
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {"schema.type", "schema.properties.a.type", "schema.properties.b.enum"}


def test_a_field_called_like_a_keyword_is_a_field() -> None:
    schema = {
        "type": "object",
        "properties": {
            "$ref": {"type": "string"},
            "type": {"type": "string"},
            "x": {"const": {"$ref": "http://elsewhere"}},
        },
    }
    assert contract_problems(schema) == []
    contract = SchemaContract(schema)
    assert contract.compact({"type": "a", "$ref": "b"}) == '{"$ref":"b","type":"a"}'


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["vendor", "items", "name", "quantity", "é"]), inner)
    ),
    max_leaves=8,
)


@settings(deadline=None, derandomize=True)
@given(value=VALUES)
def test_compact_keeps_the_value_and_is_the_same_again(value: Any) -> None:
    text = CONTRACT.compact(value)
    assert json.loads(text) == value
    assert CONTRACT.compact(json.loads(text)) == text


@settings(deadline=None, derandomize=True)
@given(value=VALUES, text=st.text(max_size=30))
def test_any_text_is_a_value_or_faults(value: Any, text: str) -> None:
    for answer in (json.dumps(value), text):
        found, words = CONTRACT.parse(answer)
        assert (found is None) is bool(words)
        if found is not None:
            assert CONTRACT.parse(CONTRACT.compact(found)) == (found, ())
