"""How far replicas, networks that differ in their seed alone, have parted: our metric."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from physlib import theory
from physlib.checks import require_integer, shown
from physlib.ranges import require_numbers
from physlib.theory import Array


class Breaking(NamedTuple):
    """Distances in units of the weights' spread: as measured, and of one law's finite samples."""

    distance: float
    null: float

    @property
    def excess(self) -> float:
        """What finite samples do not explain."""
        return self.distance - self.null


def symmetry_breaking(replicas: Sequence[ArrayLike]) -> Breaking:
    r"""The degree to which one layer's weight distributions differ between replicas.

    .. math::
        D = \frac{1}{\sigma}\Bigl\langle \int |F_a(w) - F_b(w)|\,dw \Bigr\rangle_{a<b}

    with σ the standard deviation of all replicas' weights together. Distributions do not change
    when hidden units, or inputs, change places, so that copies which differ in that alone are no
    distance apart. The null is what independent samples of one law would show, with the law of
    all replicas together: `theory.finite_sample_distance`.

    Args:
        replicas: the layer's weights in each of at least two replicas, equally many.

    Shape:
        Any; the order of weights does not matter.

    Units:
        Standard deviations of the weights.

    Raises:
        TypeError, ValueError: fewer than two replicas, of different sizes, without weights, not
            finite, or without any spread.

    Source:
        This book; the distance is that of Kantorovich and Rubinstein, or Wasserstein-1.

    Example:
        >>> symmetry_breaking([[0.0, 2.0], [1.0, 3.0]]).distance  # 1 apart, σ = √1.25
        0.894427190999916
    """
    ordered = _sorted(replicas)
    pooled = np.sort(ordered, axis=None)
    spread = _spread(pooled)
    distance = mean_pairwise_distance(ordered) / spread
    return Breaking(distance, null_distance(pooled, ordered.shape[1]) / spread)


def mean_pairwise_distance(replicas: Sequence[ArrayLike] | Array) -> float:
    """Mean Wasserstein-1 distance of all pairs of samples of one size, in their unit.

    For samples of one size it is the mean distance of weights of equal rank.

    Raises:
        TypeError, ValueError: as `symmetry_breaking`, but for the spread.
    """
    ordered = _sorted(replicas)
    pairs = itertools.combinations(ordered, 2)
    return float(np.mean([np.abs(a - b).mean() for a, b in pairs]))


def null_distance(law: ArrayLike, size: int) -> float:
    """Expected distance of two samples of `size` from the law of which `law` is a sample.

    The unit is that of the sample. See `theory.finite_sample_distance`.

    Raises:
        TypeError, ValueError: a sample that is empty or not finite, or no size from 1.
    """
    size = require_integer("size", size, low=1)
    values = np.sort(require_numbers("law", law), axis=None)
    below = np.arange(1, len(values)) / len(values)
    integral = float(np.sum(np.sqrt(below * (1 - below)) * np.diff(values)))
    return float(theory.finite_sample_distance(size, integral))


def unit_null(replicas: Sequence[ArrayLike], splits: int = 20, seed: int = 0) -> float:
    """A null that keeps hidden units whole: the units of all replicas, dealt out anew by chance.

    Weights onto one unit have learned together, so that a layer holds fewer independent numbers
    than weights. What is left of the distance above this null is between replicas, not units.

    Args:
        replicas: the layer's weights in each of at least two replicas, a row for each unit.
        splits: how often the units are dealt.
        seed: of the dealer.

    Shape:
        (H, ...) each.

    Units:
        Standard deviations of the weights, as `symmetry_breaking`.

    Raises:
        TypeError, ValueError: as `symmetry_breaking`; no split, or a negative seed.

    Source:
        A permutation test; the choice of units is this book's.
    """
    splits = require_integer("splits", splits, low=1)
    seed = require_integer("seed", seed, low=0)
    spread = _spread(_sorted(replicas))
    units = np.concatenate([np.asarray(r, dtype=float) for r in replicas])
    rng = np.random.default_rng(seed)
    dealt = (np.split(rng.permutation(units), len(replicas)) for _ in range(splits))
    return float(np.mean([mean_pairwise_distance(hands) for hands in dealt])) / spread


def _sorted(replicas: Sequence[ArrayLike] | Array) -> Array:
    """Each replica's weights in order, shape (R, n)."""
    if not isinstance(replicas, Sequence | np.ndarray) or isinstance(replicas, str):
        raise TypeError(f"replicas must be a sequence of arrays, got {shown(replicas)}")
    flat = [require_numbers("replicas", r, None).ravel() for r in replicas]
    sizes = sorted({len(r) for r in flat})
    if len(flat) < 2 or len(sizes) != 1 or not sizes[0]:
        raise ValueError(
            "replicas must be at least two of one size above 0, "
            f"got {len(flat)} of sizes {', '.join(map(str, sizes)) or 'none'}"
        )
    stacked = np.sort(np.stack(flat), axis=1)
    if not np.isfinite(stacked).all():
        raise ValueError("replicas must be finite, got NaN or infinity among their weights")
    return stacked


def _spread(weights: Array) -> float:
    """Their standard deviation, if there is one."""
    spread = float(weights.std())
    if spread == 0:
        raise ValueError("replicas must have weights that differ, got a single value")
    return spread
