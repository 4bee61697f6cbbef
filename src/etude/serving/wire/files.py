"""Files over the wire: the form of an upload, and the object that stands for a file."""

from __future__ import annotations

from typing import Any

from etude.records.tuning import StoredFile
from etude.serving.errors import ApiError
from etude.serving.uploads import missing
from etude.store.ids import now

PURPOSES = ("fine-tune", "batch", "user_data")
"""That a file may be uploaded for."""
OTHERS = ("assistants", "vision", "evals")
"""Purposes of OpenAI's that nothing here reads."""
LEAST_SECONDS, MOST_SECONDS = 3600, 2592000
_BATCH_DAYS = 30
_FIELDS = {"purpose", "expires_after[anchor]", "expires_after[seconds]"}


def said_of(fields: dict[str, str]) -> tuple[str, int | None]:
    """What an upload is for, and when it is to be gone (seconds since 1970, None: never).

    Raises:
        ApiError: 400; fields that nobody knows are refused too.
    """
    purpose = _purpose(fields)
    return purpose, _expiry(fields, purpose)


def _purpose(fields: dict[str, str]) -> str:
    for name in fields:
        if name not in _FIELDS:
            words = f"Unknown parameter: '{name[:80]}'."
            raise ApiError(400, words, code="unknown_parameter", param=name[:80])
    purpose = fields.get("purpose")
    if purpose is None:
        raise missing("purpose")
    if purpose in OTHERS:
        words = f"Files of the purpose '{purpose}' are used by nothing on this server."
        raise ApiError(400, words, code="unsupported_value", param="purpose")
    if purpose not in PURPOSES:
        words = f"'{purpose[:80]}' is not one of {', '.join(PURPOSES)}."
        raise ApiError(400, words, code="invalid_value", param="purpose")
    return purpose


def _expiry(fields: dict[str, str], purpose: str) -> int | None:
    anchor, seconds = (fields.get(f"expires_after[{name}]") for name in ("anchor", "seconds"))
    if anchor is None and seconds is None:
        return now() + _BATCH_DAYS * 24 * 3600 if purpose == "batch" else None
    if anchor != "created_at":
        raise _wrong("expires_after.anchor", "it must be 'created_at'")
    if seconds is None or not seconds.isascii() or not seconds.isdigit() or len(seconds) > 9:
        raise _wrong("expires_after.seconds", "it must be a whole number")
    if not LEAST_SECONDS <= int(seconds) <= MOST_SECONDS:
        raise _wrong("expires_after.seconds", f"it must be {LEAST_SECONDS} to {MOST_SECONDS}")
    return now() + int(seconds)


def wire(file: StoredFile) -> dict[str, Any]:
    """The object of a file."""
    return {
        "id": file.id,
        "object": "file",
        "bytes": file.bytes,
        "created_at": file.created,
        "expires_at": file.expires,
        "filename": file.filename,
        "purpose": file.purpose,
        "status": file.status,
        "status_details": None,
    }


def _wrong(param: str, why: str) -> ApiError:
    return ApiError(400, f"Invalid value for '{param}': {why}.", code="invalid_value", param=param)
