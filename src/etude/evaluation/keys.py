"""What each stage's result depends on, and nothing else: the keys that it is found again by.

Choosing settings depends on how answers are judged: another check may choose otherwise, so it is part
of that key. What the chosen settings then fit and answer depends on the settings, the examples and
what the prompt says, so another check finds the same answers again and only judges them anew. A key
that held more would compute for nothing; one that held less would hand out what belongs to something
else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from etude.approaches._base import Choice, read_by, reads_instructions
from etude.data.examples import Examples
from etude.evaluation.entrant import Entrant
from etude.evaluation.parts import Part, content_hash
from etude.records.task import Task
from etude.store.keys import digest

VERSION = 5
"""Raised when a stage computes something else: part of every key."""

Key = dict[str, Any]


@dataclass(frozen=True)
class Keys:
    """Keys for one task.

    Args:
        task: what is compared for.
        labels: in the task's order.
        descriptions: of the labels.
        rules: the checks as a prompt would state them.
        files: hashes of the files beside the examples, by what reads them (``knowledge``,
            ``preferences``, ``checks``); none where there is none.
        versions: of the libraries that results depend on.
    """

    task: Task
    labels: tuple[str, ...]
    descriptions: Mapping[str, str]
    rules: tuple[str, ...]
    versions: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)

    def choosing(self, entrant: Entrant, part: Part, seed: int) -> Key:
        """Of the settings chosen on dev: everything that a rung may look at."""
        key = self._rung(entrant, seed) | self._judged_by()
        key |= {"train": content_hash(part.train), "dev": content_hash(part.dev)}
        key |= self._read(entrant, frozenset({"knowledge"}))
        if entrant.approach.seeded and self.task.data.preferences:
            # What is scored decides which preferences are left out.
            key |= {"preferences": self.files.get("preferences", "")}
            key |= {"scored": _asked(part.scored)} | _apart(part)
        return key

    def answering(
        self, entrant: Entrant, part: Part, choice: Choice, seed: int, *, keep: bool
    ) -> Key:
        """Of a fitted candidate's answers, kept or not: no word of how they are judged."""
        key = self._rung(entrant, seed) | self._read(entrant, read_by(choice.settings))
        key |= {"fitted_on": content_hash(part.fitted_on), "settings": choice.settings}
        key |= self._again(entrant)
        return key | {"scored": _asked(part.scored), "keep": keep} | _apart(part)

    def timing(
        self, entrant: Entrant, settings: Mapping[str, Any], contents: str, inputs: Sequence[str]
    ) -> Key:
        """Of how a kept candidate answers ``inputs``, whatever examples it was fitted on.

        Args:
            entrant: whose the candidate is.
            settings: the candidate's.
            contents: the hash of what it is made of.
            inputs: that it is asked.
        """
        key = self._rung(entrant, 0) | self._read(entrant, read_by(settings))
        key |= self._again(entrant)
        return key | {"candidate": contents, "inputs": digest(list(inputs))}

    def candidate_id(self, entrant: Entrant, part: Part, choice: Choice, seed: int) -> str:
        """Names a candidate before it is fitted: what the ledger writes down.

        How it is judged is part of it: who moves a check after a look at the examples kept aside has
        changed what they say.
        """
        key = self._rung(entrant, seed) | self._judged_by()
        key |= self._read(entrant, frozenset({"knowledge", "preferences"}))
        key |= {"fitted_on": content_hash(part.fitted_on), "settings": choice.settings}
        return hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]

    def answers(self, entrant: Entrant) -> Key:
        """The space of a model's answers by request: nothing else changes what it says."""
        return {"what": "answers", "model": entrant.model.fingerprint, **self._common()}

    def trainings(self, entrant: Entrant) -> Key:
        """The space of what a rung's trainings said, by all that went into each."""
        rung = entrant.approach
        return self.answers(entrant) | {"what": "trainings", "rung": [rung.key, rung.version]}

    def _common(self) -> Key:
        return {"version": VERSION, "libraries": dict(self.versions)}

    def _rung(self, entrant: Entrant, seed: int) -> Key:
        """The rung, its model, and what of the task it reads in any case."""
        rung, task = entrant.approach, self.task
        key: Key = self._common() | {
            "rung": rung.key,
            "rung_version": rung.version,
            "model": entrant.model.fingerprint,
            "lookup": entrant.lookup.fingerprint if entrant.lookup else None,
            "seed": seed,
            "labels": list(self.labels),
            "descriptions": dict(self.descriptions),
            "kind": task.kind,
            "schema": task.output_schema,
        }
        if reads_instructions(rung, entrant.model):
            key["instructions"] = task.instructions
        if rung.seeded:
            key["training"] = task.training.model_dump(mode="json")
        return key

    def _judged_by(self) -> Key:
        return {
            "checks": list(self.task.checks),
            "check_files": self.files.get("checks", ""),
            "metric": self.task.counted,
        }

    def _again(self, entrant: Entrant) -> Key:
        """How often a model that chats is asked again; a key of before stays where it is not."""
        times = self.task.bar.ask_again if "chat" in entrant.model.abilities else 0
        return {"ask_again": times} if times else {}

    def _read(self, entrant: Entrant, what: frozenset[str]) -> Key:
        """What of the task settings may read besides; only who trains learns from preferences."""
        key: Key = {}
        if "checks" in what:
            key["rules"] = list(self.rules)
        trained = {"preferences"} if entrant.approach.seeded else set()
        # Ways that sort look up examples, never documents.
        looked_up = set() if self.labels else {"knowledge"}
        for name in what & (looked_up | trained) & self.files.keys():
            key[name] = self.files[name]
        return key


def _apart(part: Part) -> Key:
    """Of a key, the calibration examples, where there are any."""
    return {} if part.calibration is None else {"calibration": _asked(part.calibration)}


def _asked(examples: Examples) -> str:
    """Of examples that are only answered: no answer depends on what it should have been."""
    return digest([list(examples.ids), list(examples.inputs)])
