"""From numbers to a verdict: each rule in words and in code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from physlib.claims.judging import Measured

Verdict = Literal[
    "reproduced", "partly", "not reproduced", "not testable as stated", "no record yet"
]


@dataclass(frozen=True)
class Rule:
    """How a `Measured` is judged, in words and in code. Whatever is NaN reproduces nothing.

    The words have the `numbers` in braces, so that a page can show them in the claim's unit.
    """

    words: str
    judge: Callable[[Measured], Verdict]
    numbers: Mapping[str, float] = field(default_factory=dict)


def level(claimed: float, tolerance: float) -> Rule:
    """Of a claimed value: a better one is reached, but is not the claimed one."""

    def judge(measured: Measured) -> Verdict:
        excess = measured.interval.mean - claimed
        if abs(excess) <= tolerance:
            return "reproduced"
        return "partly" if excess > 0 else "not reproduced"

    return Rule(
        "reproduced if the mean is within {tolerance} of {claimed}; partly if it is above",
        judge,
        {"claimed": claimed, "tolerance": tolerance},
    )


def near(claimed: float, tolerance: float) -> Rule:
    """Of a claimed value that nothing is better than."""

    def judge(measured: Measured) -> Verdict:
        off = abs(measured.interval.mean - claimed)
        return "reproduced" if off <= tolerance else "not reproduced"

    numbers = {"claimed": claimed, "tolerance": tolerance}
    return Rule("reproduced if within {tolerance} of {claimed}", judge, numbers)


def reaches(size: float, some: float | None = None) -> Rule:
    """Of a size that is to be reached; above `some`, if given, is a part of it."""

    def judge(measured: Measured) -> Verdict:
        found = measured.interval.mean
        if found >= size:
            return "reproduced"
        return "partly" if some is not None and found > some else "not reproduced"

    if some is None:
        return Rule("reproduced if at least {size}", judge, {"size": size})
    words = "reproduced if at least {size}; partly if above {some}"
    return Rule(words, judge, {"size": size, "some": some})


def within(near: float, far: float) -> Rule:
    """Of a distance that should be 0."""

    def judge(measured: Measured) -> Verdict:
        distance = abs(measured.interval.mean)
        return (
            "reproduced" if distance <= near else "partly" if distance <= far else "not reproduced"
        )

    words = "reproduced if at most {near}; partly if at most {far}"
    return Rule(words, judge, {"near": near, "far": far})


def above(size: float = 0.0) -> Rule:
    """Of a claimed advantage; `size` is half of what is claimed, where a size is claimed."""

    def judge(measured: Measured) -> Verdict:
        if not measured.interval.low > 0:
            return "not reproduced"
        return "reproduced" if measured.interval.mean >= size else "partly"

    words = "reproduced if the whole interval is above 0"
    if size:
        words += " and the mean at least {size}, half of what is claimed; partly if it is less"
    return Rule(words, judge, {"size": size})


def not_above() -> Rule:
    """Of a claim that there is no consistent advantage."""

    def judge(measured: Measured) -> Verdict:
        return "reproduced" if measured.interval.low <= 0 else "not reproduced"

    return Rule("reproduced unless the whole interval is above 0", judge)


def every_part() -> Rule:
    """Of a claim in several parts, each an advantage."""

    def judge(measured: Measured) -> Verdict:
        parts = measured.parts.values() or [measured.interval]
        held = [part.low > 0 for part in parts]
        return "reproduced" if all(held) else "partly" if any(held) else "not reproduced"

    words = "reproduced if the interval of every part is above 0; partly if that of any is"
    return Rule(words, judge)


UNTESTABLE = Rule(
    "not testable: the post names no measure, and MNIST offers none",
    lambda _: "not testable as stated",
)
