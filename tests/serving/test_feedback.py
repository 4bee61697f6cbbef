"""/v1/feedback: early or late, once, without personal data, and read by admins alone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.store.test_traffic import served

from etude.store.feedback import Feedbacks

from ._inside import app_of, bearer, call, keys_of, serving

GIVEN = {"response_id": "chatcmpl-1", "name": "correct", "result": {"label": "no", "score": 0}}


def post(**more: Any) -> dict[str, Any]:
    return {"method": "POST", "url": "/v1/feedback", "json": GIVEN | more}


def test_it_may_come_before_its_answer_and_again_after(tmp_path: Path) -> None:
    services = serving(tmp_path)
    app = app_of(services)
    (early,) = call(app, post())
    assert early.status_code == 200
    assert early.json()["recorded"] is False
    asyncio.run(services.recorder.add(served("chatcmpl-1")))
    late, changed, listed = call(
        app, post(), post(result={"label": "yes"}), {"url": "/v1/feedback"}
    )
    assert late.json() == early.json() | {"recorded": True}
    assert changed.json()["id"] == early.json()["id"]
    (only,) = listed.json()["data"]
    assert only["recorded"] is True
    assert only["result"]["label"] == "yes"
    assert only["annotator_kind"] == "HUMAN"
    assert listed.json() | {"data": []} == {
        "object": "list",
        "data": [],
        "first_id": only["id"],
        "last_id": only["id"],
        "has_more": False,
    }


def test_free_text_is_redacted_and_the_rest_is_kept(tmp_path: Path) -> None:
    services = serving(tmp_path)
    (answer,) = call(
        app_of(services),
        post(
            result={"explanation": "ann@example.com complained", "score": 0.5},
            correction="Write to ann@example.com.",
            metadata={"page": 3, "beta": True, "note": None},
        ),
    )
    said = answer.json()
    assert said["correction"] == "Write to [EMAIL_1]."
    assert said["result"]["explanation"] == "[EMAIL_1] complained"
    assert said["metadata"] == {"page": 3, "beta": True, "note": None}
    (kept,), _ = Feedbacks(services.store.database).page(9)
    assert "ann@example.com" not in kept.model_dump_json()


def test_pages_by_cursor_and_by_response(tmp_path: Path) -> None:
    app = app_of(serving(tmp_path))
    call(app, *(post(identifier=str(n), response_id=f"r{n % 2}") for n in range(5)))
    (first,) = call(app, {"url": "/v1/feedback?limit=2"})
    assert first.json()["has_more"] is True
    last = first.json()["last_id"]
    rest, of_one, wrong = call(
        app,
        {"url": f"/v1/feedback?after={last}"},
        {"url": "/v1/feedback?response_id=r0"},
        {"url": "/v1/feedback?after=fb_x"},
    )
    assert [one["identifier"] for one in rest.json()["data"]] == ["2", "1", "0"]
    assert {one["response_id"] for one in of_one.json()["data"]} == {"r0"}
    assert {one["recorded"] for one in of_one.json()["data"]} == {False}
    assert wrong.status_code == 404
    assert wrong.json()["error"]["param"] == "after"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"result": {}}, "invalid_value"),
    ({"result": {"score": "0.5"}}, "invalid_value"),
    ({"name": "a\u0000"}, "invalid_value"),
    ({"name": "\ud800"}, "invalid_value"),
    ({"stars": 5}, "unknown_parameter"),
    ({"annotator_kind": "cat"}, "invalid_value"),
    ({"metadata": {"a": [1]}}, "invalid_value"),
    ({"metadata": {"a": float("inf")}}, "invalid_value"),
]


def test_what_can_t_be_kept_is_refused(tmp_path: Path) -> None:
    sent = [
        {
            "method": "POST",
            "url": "/v1/feedback",
            "content": json.dumps(GIVEN | body).encode(),  # a lone surrogate as an escape
            "headers": {"Content-Type": "application/json"},
        }
        for body, _ in WRONG
    ]
    answers = call(app_of(serving(tmp_path)), *sent)
    for answer, (body, code) in zip(answers, WRONG, strict=True):
        assert answer.status_code == 400, body
        assert answer.json()["error"]["code"] == code, body


def test_who_may_give_may_not_read(tmp_path: Path) -> None:
    _, secret = keys_of(tmp_path).create("k", ["infer"])
    given, read = call(
        app_of(serving(tmp_path)),
        post() | {"headers": bearer(secret)},
        {"url": "/v1/feedback", "headers": bearer(secret)},
    )
    assert (given.status_code, read.status_code) == (200, 403)
