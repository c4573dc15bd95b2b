"""What a sweep of many runs costs on workers that die: bounds, and the price of beginning again."""

import math


def makespan_bounds(total: float, longest: float, workers: int) -> tuple[float, float]:
    r"""Between which times a list of runs ends, :math:`\max(S/w, d)` and :math:`S/w + (1-1/w)\,d`.

    No order beats the first: S core seconds on w workers, the longest run d on one of them. No
    order of a queue that never lets a worker wait exceeds the second (Graham 1969).

    Units: seconds, as `total` and `longest` have them.
    """
    share = total / workers
    return max(share, longest), share + (1 - 1 / workers) * longest


def expected_attempts(seconds: float, mean_life: float) -> float:
    r"""How often a run begins until it ends, :math:`e^{d/\tau}`.

    An attempt outlives its worker, whose life is exponential with mean τ, with the chance
    :math:`e^{-d/\tau}`, and the attempts before the first success are geometric.
    """
    return math.exp(seconds / mean_life)


def expected_seconds(seconds: float, mean_life: float, startup: float = 0.0) -> float:
    r"""Of a worker until a run of d seconds ends, :math:`(e^{d/\tau} - 1)(\tau + s)`.

    Each of the :math:`e^{d/\tau} - 1` deaths costs a new worker's start of s seconds, and a part
    of a run; with the last attempt, the whole of it, these parts add up to
    :math:`\tau\,(e^{d/\tau} - 1)`.
    """
    return math.expm1(seconds / mean_life) * (mean_life + startup)


def chance_given_up(seconds: float, mean_life: float, allowed: int) -> float:
    r"""That a run loses more than `allowed` workers, :math:`(1 - e^{-d/\tau})^{k+1}`."""
    return (-math.expm1(-seconds / mean_life)) ** (allowed + 1)
