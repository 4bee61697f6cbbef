"""What someone, a model or code said of an answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, FiniteFloat, model_validator

from etude.records._base import Record


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it must be one line of printable characters")
    return text


Line = Annotated[str, AfterValidator(_one_line)]
Word = Annotated[str, Field(min_length=1, max_length=64)]
Value = Annotated[str, Field(max_length=512)] | int | FiniteFloat | bool | None


class Result(Record):
    """A verdict: a word, a number, and why; at least one of them."""

    model_config = ConfigDict(strict=True)

    label: Line | None = Field(default=None, max_length=200)
    score: float | None = Field(default=None, allow_inf_nan=False)
    explanation: str | None = Field(default=None, max_length=10_000)


class Feedback(Record):
    """One verdict on one answer; what names it: response, name, kind and identifier together.

    ``correction`` is what the answer should have been: it can become an example. ``metadata`` is
    kept as it was sent.
    """

    response_id: Line = Field(min_length=1, max_length=128)
    name: Line = Field(min_length=1, max_length=64)
    """What is judged: "correct", "tone"."""
    annotator_kind: Literal["HUMAN", "LLM", "CODE"] = "HUMAN"
    identifier: Line = Field(default="", max_length=128)
    """Tells apart several of the same name and kind, such as two people's."""
    result: Result = Result()
    metadata: dict[Word, Value] = Field(default={}, max_length=16)
    correction: str | None = Field(default=None, max_length=100_000)

    @model_validator(mode="after")
    def _says_something(self) -> Feedback:
        if self.correction is None and self.result == Result():
            raise ValueError("give a label, a score or an explanation in 'result', or a correction")
        return self


class Said(Record):
    """Feedback as it is kept: when it was last said, and the number of its row."""

    seq: int
    time: float
    feedback: Feedback
