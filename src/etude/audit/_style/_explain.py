"""Whether a simple condition on the input explains who breaks a rule.

A target without a note is no fault where the record gives nothing to note. Three things are tried:
the input's own form (a question is answered with a question), its columns and plain facts, and
single words in it. Where breaking is usual under a condition, and too usual for chance, the rows
under it are set free; what is left must be a rule in its own right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from etude.audit._style._inputs import Fact, Inputs, word_facts
from etude.audit._style._rules import FEWEST, Rule, Targets, Values, is_rule
from etude.audit._style._trait import MIXED, Trait

CHANCE = 0.01
"""Above this a condition explains nothing: it is found by chance in one file of a hundred."""
ROUNDS = 3
"""Conditions that are taken out one after the other."""
USUAL = 3.0
"""Breaking is usual under a condition at so many times its share among all."""
SAMPLE = 20_000
"""Rows that words are looked for in."""
CONDITIONAL = 0.9
"""The share that makes a rule under a condition."""
GAIN = 0.3
"""A condition makes a rule where no more than this share of the others is left."""


@dataclass(frozen=True)
class Explainer:
    """Rules of ``targets`` against ``inputs`` of the same rows."""

    targets: Targets
    inputs: Inputs

    def left(self, rule: Rule) -> Rule | None:
        """What is left of a broken rule after conditions are taken out; None: it is explained."""
        if not rule.holds():
            return None
        facts = [*self._form(rule), *self.inputs.facts]
        for _ in range(ROUNDS):
            if not rule.holds():
                return None
            free_N = self._free(rule, facts)
            if free_N is None:
                return rule
            rule = replace(rule, judged_N=rule.judged_N & ~free_N, broken_N=rule.broken_N & ~free_N)
        return rule if rule.holds() else None

    def conditional(self, trait: Trait, values: Values) -> Iterator[Rule]:
        """Rules under a condition on a column, for a trait that no value rules among all."""
        judged_N = values.code_N >= 0
        if not trait.conditional or judged_N.sum() < 2 * FEWEST or len(values.names) < 2:
            return
        commonest = np.bincount(values.code_N[judged_N]).max()
        others = int(judged_N.sum() - commonest)
        facts = [fact for fact in self.inputs.facts if fact.own]
        parted = [(_parted(trait, values, judged_N, fact), fact) for fact in facts]
        scored = [
            (sum(rule.broken for rule in rules), len(fact.names), at)
            for at, (rules, fact) in enumerate(parted)
            if rules
        ]
        if not scored or min(scored)[0] > GAIN * others:
            return
        for rule in parted[min(scored)[2]][0]:
            left = self.left(rule)
            if left is not None:
                yield left

    def _free(self, rule: Rule, facts: Sequence[Fact]) -> NDArray[np.bool_] | None:
        """Rows that the best explanation sets free."""
        tests = sum(len(fact.names) for fact in facts)
        found = [_unusual(rule, fact, tests) for fact in facts]
        best = max(found, key=lambda free_N: int((free_N & rule.broken_N).sum()), default=None)
        if best is not None and (best & rule.broken_N).any():
            return best
        return self._by_word(rule)

    def _form(self, rule: Rule) -> Iterator[Fact]:
        """The same trait of the inputs."""
        values = Values.of(rule.trait.measure(self.inputs.texts))
        names = (*values.names, "neither")
        code_N = np.where(values.code_N < 0, len(values.names), values.code_N)
        if len(values.names):
            yield Fact(names, code_N, tuple(f"the input is “{name}”" for name in names))

    @cached_property
    def _base_S(self) -> NDArray[np.int64]:
        rows = len(self.targets.text_N)
        if rows <= SAMPLE:
            return np.arange(rows)
        return np.sort(np.random.default_rng(0).choice(rows, SAMPLE, replace=False))

    @cached_property
    def _words(self) -> tuple[list[str], NDArray[np.bool_]]:
        words, has_SW = word_facts(self.inputs.texts, self._base_S)
        return list(words), has_SW

    def _by_word(self, rule: Rule) -> NDArray[np.bool_] | None:
        """Rows with (or without) the word that explains the most."""
        words, has_SW = self._words
        judged_S, broken_S = rule.judged_N[self._base_S], rule.broken_N[self._base_S]
        if not words or broken_S.sum() < 3:
            return None
        share = rule.broken / rule.judged
        has_JW, broken_J = has_SW[judged_S], broken_S[judged_S]
        best: tuple[int, int, bool] | None = None
        for there in (True, False):
            with_JW = has_JW if there else ~has_JW
            rows_W, broken_W = with_JW.sum(0), with_JW[broken_J].sum(0)
            free_W = unusual(broken_W, rows_W, share, 2 * len(words), rule)
            if free_W.any():
                at = int(np.argmax(np.where(free_W, broken_W, -1)))
                if best is None or broken_W[at] > best[0]:
                    best = (int(broken_W[at]), at, there)
        if best is None:
            return None
        has_N = self._with_word(words[best[1]])
        return has_N if best[2] else ~has_N

    def _with_word(self, word: str) -> NDArray[np.bool_]:
        words, has_SW = self._words
        if len(self._base_S) == len(self.targets.text_N):
            return has_SW[:, words.index(word)]
        found = self.inputs.texts.str.to_lowercase().str.contains(rf"\b{word}\b")
        return found.to_numpy()


def unusual(
    broken_C: NDArray[np.int64],
    rows_C: NDArray[np.int64],
    share: float,
    tests: int,
    rule: Rule,
) -> NDArray[np.bool_]:
    """(C,) Conditions under which breaking is usual, more than chance and too usual for a rule."""
    rate_C = broken_C / np.maximum(rows_C, 1)
    least = max(1 - rule.trait.least, USUAL * share) if not rule.note else share * 1.2
    often_C = rate_C >= min(least, 0.5)
    chance_C = binom.sf(broken_C - 1, rows_C, share) * tests
    usual: NDArray[np.bool_] = often_C & (chance_C < CHANCE) & (broken_C >= 2)
    return usual


def _unusual(rule: Rule, fact: Fact, tests: int) -> NDArray[np.bool_]:
    """Rows whose value of a fact goes with breaking the rule."""
    many = len(fact.names)
    rows_C = np.bincount(fact.code_N[rule.judged_N], minlength=many)
    broken_C = np.bincount(fact.code_N[rule.broken_N], minlength=many)
    free_C = unusual(broken_C, rows_C, rule.broken / rule.judged, tests, rule)
    return free_C[fact.code_N]


def _parted(trait: Trait, values: Values, judged_N: NDArray[np.bool_], fact: Fact) -> list[Rule]:
    """A rule for each value of a fact; [] unless there is one for nearly all rows."""
    rules: list[Rule] = []
    covered = 0
    for at, told in enumerate(fact.told):
        part_N = judged_N & (fact.code_N == at)
        rows = int(part_N.sum())
        if not rows:
            continue
        count_V = np.bincount(values.code_N[part_N], minlength=len(values.names))
        best = int(np.argmax(count_V))
        if MIXED in values.names[best]:
            continue
        broken_N = part_N & (values.code_N != best)
        broken = int(broken_N.sum())
        if 1 - broken / rows >= CONDITIONAL and is_rule(trait, rows, broken):
            covered += rows
            rules.append(
                Rule(trait, values.names[best], part_N, broken_N, values, f" where {told}")
            )
    if covered < CONDITIONAL * judged_N.sum() or len({rule.value for rule in rules}) < 2:
        return []
    return rules
