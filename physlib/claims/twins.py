"""What the abstract of arXiv 2406.13145 says of digital twins.

Definitions and thresholds were fixed on 21 November 2026, before any record of the full profile
of the experiments on twins was made.
"""

import math

from physlib.claims.claim import Claim
from physlib.claims.judging import (
    Score,
    Shelf,
    Statistic,
    difference,
    final,
    mean,
    together,
)
from physlib.claims.rules import every_part
from physlib.intervals import Interval, paired_interval
from physlib.records import Record

CHAPTER = "notebooks/principles/23_digital_twins"
GROUP = "Constructing and Evaluating Digital Twins (arXiv 2406.13145)"
WHERE = "abstract"
MIRRORED = 1.1  # a held-out error that is a tenth above the least possible


def _log(metric: str) -> Score:
    return lambda record: math.log10(record.final(metric))


def _room(record: Record) -> float:
    """How far the held-out error stays below the threshold."""
    return MIRRORED - record.final("held_out")


def _closer(method: str, other: str, metric: str = "distance") -> Statistic:
    """By how many powers of ten the twin of `method` is closer than that of `other`."""
    return together(
        pendulum=difference(f"twins-pendulum-{other}", f"twins-pendulum-{method}", _log(metric)),
        epidemic=difference(f"twins-epidemic-{other}", f"twins-epidemic-{method}", _log(metric)),
    )


def times_as_far(shelf: Shelf, system: str, method: str, other: str) -> tuple[int, Interval]:
    """Calls, and how many times as far as that of `other` the twin of `method` is after so many.

    After the most calls at which both are on record; the geometric mean over seeds.

    Raises:
        MissingRecordError: a run is not on record.
    """

    def distances(record: Record) -> dict[int, float]:
        return {calls: value for calls, metric, value in record.rows if metric == "distance"}

    ours, theirs = (
        list(map(distances, shelf.runs(f"twins-{system}-{name}"))) for name in (method, other)
    )
    calls = max(set[int].intersection(*map(set, (*ours, *theirs))))
    ratios = [math.log10(a[calls] / b[calls]) for a, b in zip(ours, theirs, strict=True)]
    return calls, Interval(*(10**end for end in paired_interval(ratios)))


def _mirrors(method: str) -> Statistic:
    return together(
        pendulum=mean(f"twins-pendulum-{method}", _room),
        epidemic=mean(f"twins-epidemic-{method}", _room),
    )


def _ranks(method: str) -> Statistic:
    twin, tau = f"twins-pendulum-{method}", final("tau")
    return together(
        agreement=mean(twin, tau),
        more_than_the_untuned_twin=difference(twin, "twins-pendulum-untuned", tau),
    )


def _sturdier(share: str) -> Statistic:
    """By how many powers of ten the fit to MSTE is closer than that to squares."""

    def score(record: Record) -> float:
        return math.log10(record.final("mse") / record.final("mste"))

    return together(
        pendulum=mean(f"outliers-pendulum-{share}", score),
        epidemic=mean(f"outliers-epidemic-{share}", score),
    )


CLAIMS = (
    Claim(
        "twin-tuning",
        "integrates deep learning-based policy gradient techniques to dynamically tune the DT "
        "parameters",
        WHERE,
        "Powers of ten by which the twin that the policy met and that fits its run best is closer "
        "to the hidden system, on held-out beginnings, than the twin nobody tuned. Policy, reward "
        "and the two systems are our reading.",
        "twins",
        _closer("policy", "untuned"),
        every_part(),
        "score",
        CHAPTER,
        {
            "the policy on raw states": _closer("policy-raw", "untuned"),
            "in the fit to the run itself": _closer("policy", "untuned", "fit"),
        },
        GROUP,
    ),
    Claim(
        "twin-policy-gradient",
        "We propose a novel construction methodology that integrates deep learning-based policy "
        "gradient techniques",
        WHERE,
        "The control: powers of ten by which the policy's twin is closer to the hidden system than "
        "the best of as many twins drawn at random, which learn nothing.",
        "twins",
        _closer("policy", "random"),
        every_part(),
        "score",
        CHAPTER,
        {
            "in the fit to the run itself": _closer("policy", "random", "fit"),
            "against the policy on raw states": _closer("policy", "policy-raw"),
            "against CMA-ES, with a 16th of the calls": _closer("policy", "cma-es"),
            "against the gradient, with an 85th": _closer("policy", "gradient"),
        },
        GROUP,
    ),
    Claim(
        "twin-mirror",
        "our DT not only accurately mirrors the physical reality",
        WHERE,
        "MSTE of the policy's twin to the readings of held-out runs, over that of a twin with the "
        "hidden parameters: 1.1 minus this ratio, so that at most a tenth more is accurate.",
        "twins",
        _mirrors("policy"),
        every_part(),
        "score",
        CHAPTER,
        {
            "the twin nobody tuned": _mirrors("untuned"),
            "found by random search": _mirrors("random"),
            "found by CMA-ES": _mirrors("cma-es"),
            "found by the gradient": _mirrors("gradient"),
        },
        GROUP,
    ),
    Claim(
        "twin-ranking",
        "provides a reliable platform for algorithm evaluation",
        WHERE,
        "Kendall's τ between the rankings of three controllers, by MSTE from rest, in the policy's "
        "twin of the pendulum and on held-out physical runs; and the same minus that of the twin "
        "nobody tuned.",
        "twins",
        _ranks("policy"),
        every_part(),
        "score",
        CHAPTER,
        {"in CMA-ES's twin": _ranks("cma-es"), "in the gradient's twin": _ranks("gradient")},
        GROUP,
    ),
    Claim(
        "mste-robust",
        "the Mean STate Error (MSTE) is proposed as a robust metric for evaluating the performance "
        "of algorithms",
        WHERE,
        "Robust against wild readings, since the abstract does not say against what: a tenth of "
        "them err twenty times as much. Powers of ten by which a fit to MSTE is closer to the "
        "hidden system than a fit to the mean squared error, both by the gradient.",
        "twin-outliers",
        _sturdier("0.1"),
        every_part(),
        "score",
        CHAPTER,
        {"without wild readings": _sturdier("0")},
        GROUP,
    ),
)
