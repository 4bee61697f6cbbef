"""Answers that are JSON under a schema: what may come next, by llguidance.

The JSON is compact, its keys in the order of the schema's ``properties``, so that it is letter
for letter the form of the targets that models are trained on. A schema that can't be held is
refused before anything is computed. It knows schemas and token ids; llguidance is loaded here and
nowhere else (https://github.com/guidance-ai/llguidance).
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.errors import MissingDependency, ModelError

COMPACT = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}
KEPT = 64
"""Compiled schemas that are remembered."""
_UNKNOWN_KEYS = re.compile(r"Unimplemented keys: (\[.*\])")


def library() -> Any:
    """The llguidance package.

    Raises:
        MissingDependency: it is not installed.
    """
    try:
        import llguidance
        import llguidance.hf
    except ImportError as error:
        raise MissingDependency(
            "answers under a JSON schema need the llguidance library, which is not installed",
            hint="pip install llguidance",
        ) from error
    return llguidance


class Grammars:
    """The grammars of one tokenizer, each schema's compiled once.

    Args:
        tokenizer: a fast transformers tokenizer.
        vocabulary: how many logits the model gives.
        stop_ids: ids that end an answer.

    Raises:
        MissingDependency: llguidance is not installed.
        ModelError: the tokenizer is no fast one.
    """

    def __init__(self, tokenizer: Any, vocabulary: int, stop_ids: Sequence[int]) -> None:
        self._library = library()
        try:
            self._tokenizer = self._library.hf.from_tokenizer(
                tokenizer, n_vocab=vocabulary, eos_token=list(stop_ids)
            )
        except ValueError as error:
            raise ModelError(
                f"answers under a JSON schema can't be had from this tokenizer: {error}",
                expected="a fast tokenizer (tokenizer.json)",
            ) from error
        self._matchers: OrderedDict[str, Any] = OrderedDict()

    def guide(self, schema: str) -> JsonGuide:
        """A guide at the beginning of an answer under this JSON Schema (its text).

        Raises:
            ModelError: the schema is no JSON, or has a keyword that can't be held while writing.
        """
        if schema not in self._matchers:
            self._matchers[schema] = self._compiled(schema)
        self._matchers.move_to_end(schema)
        if len(self._matchers) > KEPT:
            self._matchers.popitem(last=False)
        return JsonGuide(self._matchers[schema].deep_copy())

    def _compiled(self, schema: str) -> Any:
        matcher = self._library.LLMatcher
        try:
            grammar = matcher.grammar_from_json_schema(schema, defaults=COMPACT)
        except ValueError as error:
            raise _refused(f"the JSON schema can't be read: {error}") from error
        made = matcher(self._tokenizer, grammar, log_level=0)
        if made.is_error():
            said = str(made.get_error())
            unknown = _UNKNOWN_KEYS.search(said)
            if unknown:
                keys = ", ".join(json.loads(unknown[1]))
                raise _refused(f"the JSON schema uses {keys}, which can't be held while writing")
            raise _refused(f"the JSON schema can't be held while writing: {said.splitlines()[0]}")
        return made


def _refused(what: str) -> ModelError:
    return ModelError(
        what,
        where="the task's schema",
        expected="type, properties, required, items, enum, const, anyOf, pattern, format and limits",
        hint="leave the keyword out of the schema and check it after the answer",
    )


class JsonGuide:
    """One answer under a grammar (``Guide``)."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher
        self.opening = self._forced()

    @property
    def finished(self) -> bool:
        """True where the JSON is whole and nothing may follow."""
        return bool(self._matcher.is_stopped())

    @property
    def whole(self) -> bool:
        """True where what was taken so far is a whole JSON value."""
        return not self._matcher.is_error() and bool(self._matcher.is_accepting())

    def may_take(self, token: int) -> bool:
        """True where ``token`` may come next."""
        return not self._matcher.is_error() and self._matcher.validate_tokens([token]) == 1

    def allowed(self, vocabulary: int) -> NDArray[np.bool_]:
        """True for each id that may come next (V,)."""
        packed = np.frombuffer(self._matcher.compute_logit_bias(), dtype=np.uint8)
        return np.asarray(packed[:vocabulary] != 0, dtype=np.bool_)

    def take(self, token: int) -> list[int]:
        """Go on by ``token``; the ids that must follow it, already taken too."""
        return self._forced() if self._matcher.consume_token(token) else []

    def _forced(self) -> list[int]:
        """The ids that must come next, taken."""
        if self._matcher.is_stopped():
            return []
        forced = [int(i) for i in self._matcher.compute_ff_tokens()]
        return forced if forced and self._matcher.consume_tokens(forced) else []
