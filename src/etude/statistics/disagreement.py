"""The width that an interval has even where no item disagrees.

Bonett & Price add one disagreement of either sign to what was seen. With groups the question
is how large an unseen disagreement would be: a whole group, or one of its items? As long as
nothing was seen, a whole group is assumed; what was seen then tells.
"""

from __future__ import annotations

import numpy as np

from etude.statistics._arrays import FloatArray, IntArray, Units
from etude.statistics.macro_f1 import item_effects


def disagreement_sizes(
    differences: FloatArray, units: Units, score_range: float = 1.0
) -> FloatArray:
    """(P,) how much of one unit an imagined disagreement moves, in the unit of the scores.

    differences: (N, P). The root mean square of the disagreements seen and of one that fills
    the whole range in a whole unit. Disagreements of one group that go the same way count as
    one: their number is divided by their design effect. For right/wrong items without groups
    the size is 1, as in Bonett & Price; so it is where whole groups disagree.
    """
    by_unit = units.sums(differences)
    seen = np.count_nonzero(differences, axis=0)
    squares = np.square(differences).sum(axis=0)
    grouped = np.square(by_unit).sum(axis=0)
    alike = np.divide(grouped, squares, out=np.ones_like(squares), where=squares > 0)
    independent = seen / np.maximum(alike, 1.0)
    scaled = grouped / units.sizes.mean() ** 2
    sizes: FloatArray = np.sqrt((scaled + score_range**2) / (independent + 1))
    return np.minimum(sizes, score_range)


def mean_floors(differences: FloatArray, units: Units, score_range: float) -> FloatArray:
    """(P,) the standard error that two imagined disagreements give to a mean difference."""
    sizes = disagreement_sizes(differences, units, score_range)
    floors: FloatArray = np.sqrt(2.0) * sizes / (units.count + 2)
    return floors


def macro_f1_floors(
    differences: FloatArray, truth: IntArray, n_labels: int, units: Units
) -> FloatArray:
    """(P,) the same for macro-F1: two units drawn at random have their answers go wrong.

    differences: (N, P) of right (1) and wrong (0); truth: (N,).
    """
    effects = units.sums(item_effects(truth, n_labels))
    whole = np.sqrt(2 * np.mean(np.square(effects)))
    floors: FloatArray = whole * disagreement_sizes(differences, units)
    return floors
