"""How well a candidate knows which fields of a record are right.

As of whole records: a probability fitted on the calibration examples, its error measured on others.
Here what fails the schema or a check counts as well: somebody looks at it, and it is there that fields
say where to look first.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from etude.contracts.schema import field_names
from etude.data.answers import Answers
from etude.evaluation.calibrating import calibration_error, calibrator
from etude.evaluation.scorecard import Scored
from etude.metrics._fields import alike
from etude.records.handover import FieldSureness, Handover
from etude.statistics.platt import Platt, fit_platt
from etude.statistics.selective import auroc


def sure_fields(final: Scored, used: Scored | None) -> tuple[FieldSureness, ...]:
    """The fields of which it is known how sure the answers are, in the schema's order.

    Args:
        final: the scored examples, with folds in cross-fitting.
        used: the calibration examples; None where there are none.
    """
    contract = final.judge.contract
    names = field_names(contract.schema) if contract is not None else ()
    found = (_field(name, final, used) for name in names)
    return tuple(one for one in found if one is not None)


def field_probabilities(found: Handover | None, answers: Answers) -> tuple[dict[str, float], ...]:
    """How probable it is that each field of each answer is right, by its name; what nobody can say is
    left out."""
    columns = {
        one.name: Platt(one.calibrator.slope, one.calibrator.intercept).apply(
            answers.field_score(one.name)
        )
        for one in (found.fields if found is not None else ())
        if one.calibrator is not None
    }
    return tuple(
        {
            name: float(sure_N[row])
            for name, sure_N in columns.items()
            if not math.isnan(sure_N[row])
        }
        for row in range(len(answers))
    )


def right_field(scored: Scored, name: str) -> NDArray[np.float64]:
    """1 where the field's value is the wanted one, else 0 (N,)."""
    judged = scored.judged
    pairs = zip(judged.target_values, judged.output_values, strict=True)
    right = [alike((target or {}).get(name), (output or {}).get(name)) for target, output in pairs]
    return np.array(right, dtype=np.float64)


def _field(name: str, final: Scored, used: Scored | None) -> FieldSureness | None:
    score_N, right_N = final.answers.field_score(name), right_field(final, name)
    known_N = ~np.isnan(score_N)
    if not known_N.any():
        return None
    fitted, n = None, 0
    if used is not None:
        apart_N = used.answers.field_score(name)
        fitted, n = fit_platt(apart_N, right_field(used, name)), int((~np.isnan(apart_N)).sum())
    return FieldSureness(
        name=name,
        n=n,
        right=float(right_N[known_N].mean()),
        auroc=auroc(score_N[known_N], right_N[known_N]),
        ece=calibration_error(score_N, right_N, final.folds, fitted),
        calibrator=calibrator(fitted),
    )
