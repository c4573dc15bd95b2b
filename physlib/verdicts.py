"""The page of verdicts, and the same as plain values: all of it computed from records."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from physlib.claims import claims
from physlib.claims.claim import Claim
from physlib.claims.judging import Measured, Shelf, Statistic
from physlib.claims.rules import Verdict
from physlib.intervals import Interval
from physlib.origin import origin
from physlib.records import MissingRecordError

SIGNS: dict[Verdict, str] = {
    "reproduced": "✓",
    "partly": "◐",
    "not reproduced": "✗",
    "not testable as stated": "–",
    "no record yet": "…",
}
NO_RECORD: Verdict = "no record yet"


@dataclass(frozen=True)
class Judged:
    """A claim with what was measured, if all its records are there, and the verdict."""

    claim: Claim
    verdict: Verdict
    measured: Measured | None = None
    variants: dict[str, tuple[Verdict, Measured | None]] = field(default_factory=dict)


def judge(shelf: Shelf, chosen: Iterable[Claim] = tuple(claims.values())) -> list[Judged]:
    """The verdict on each claim, and what it would be under the other definitions."""

    def under(claim: Claim, statistic: Statistic) -> tuple[Verdict, Measured | None]:
        try:
            measured = statistic(shelf)
        except MissingRecordError:
            return NO_RECORD, None
        return claim.rule.judge(measured), measured

    judged = []
    for claim in chosen:
        verdict, measured = under(claim, claim.statistic)
        variants = {name: under(claim, other) for name, other in claim.variants.items()}
        if measured and measured.bootstrap:
            by_bootstrap = Measured(measured.bootstrap, parts=measured.parts)
            variants["bootstrap interval"] = claim.rule.judge(by_bootstrap), by_bootstrap
        judged.append(Judged(claim, verdict, measured, variants))
    return judged


def as_json(shelf: Shelf) -> dict[str, Any]:
    """All verdicts as plain values; what is not finite becomes null."""
    return {
        "profile": shelf.profile,
        "claims": {
            j.claim.id: {
                "quote": j.claim.quote,
                "verdict": j.verdict,
                "rule": _threshold(j.claim),
                **_plain(j.measured),
                "variants": {
                    name: {"verdict": verdict, **_plain(measured)}
                    for name, (verdict, measured) in j.variants.items()
                },
            }
            for j in judge(shelf)
        },
    }


def _plain(measured: Measured | None) -> dict[str, Any]:
    if measured is None:
        return {"interval": None}

    def numbers(interval: Interval) -> dict[str, float | None]:
        return {k: v if math.isfinite(v) else None for k, v in interval._asdict().items()}

    return {
        "interval": numbers(measured.interval),
        "means": [m if math.isfinite(m) else None for m in measured.means or ()],
        "parts": {name: numbers(part) for name, part in measured.parts.items()},
        "detail": measured.detail,
    }


def page(shelf: Shelf, root: Path) -> str:
    """The page in Markdown; chapters are linked if they are under `root`."""
    judged = judge(shelf)
    counts = [(v, sum(j.verdict == v for j in judged)) for v in SIGNS]
    tally = ", ".join(f"{n} {verdict}" for verdict, n in counts if n)
    lines = [
        "# Verdicts",
        "",
        "<!-- Written by `physlib verdicts` from the records; a test writes it again. -->",
        "",
        "What the post and the papers claim, and what the records say. Each claim has a",
        "definition and a threshold, both written down before the runs were made; the verdict",
        "follows from them and the data by a program, and this page is its output. Intervals hold",
        "the mean over seeds with 95 % confidence (Student's t, paired by seed where two networks",
        "are compared). A claim that is not reproduced in our reading may hold in another: what",
        "the post leaves open is on [the errata page](errata), and *other definitions* under each",
        "claim show how far the verdict depends on ours.",
        "",
        f"In sum, {len(judged)} claims: {tally}.",
    ]
    groups = {j.claim.group: [k for k in judged if k.claim.group == j.claim.group] for j in judged}
    for group, members in groups.items():
        lines += ["", f"## {group}", "", "| claim | verdict | measured |", "|---|---|---|"]
        lines += map(row, members)
        for j in members:
            lines += _section(j, root)
    return "\n".join([*lines, "", "## Where this comes from", "", origin(shelf), ""])


def row(j: Judged, page: str = "") -> str:
    """A claim's row in a table of claim, verdict and number; `page` leads to its section."""
    title = f"[{j.claim.id.replace('-', ' ')}]({page}verdict-{j.claim.id})"
    return f"| {title} | {SIGNS[j.verdict]} {j.verdict} | {_number(j.claim, j.measured)} |"


def _section(j: Judged, root: Path) -> list[str]:
    claim = j.claim
    lines = [
        "",
        f"(verdict-{claim.id})=",
        f"### {SIGNS[j.verdict]} {claim.id.replace('-', ' ').capitalize()}",
        "",
        f"> {claim.quote.replace('|', chr(92) + '|')}",
        ">",
        f"> *({claim.where})*",
        "",
        f"**{j.verdict.capitalize()}**: {_number(claim, j.measured)}{_behind(claim, j.measured)}.",
        "",
        f"*We measure*: {claim.definition}",
        "",
        f"*Threshold*: {_threshold(claim)}.",
        "",
        f"*Records*: {claim.experiment}.",
    ]
    if (root / f"{claim.chapter}.ipynb").exists():
        lines[-1] += f" *Argued for in* [](../{claim.chapter})."
    if j.measured and len(j.measured.parts) > 1:
        lines += ["", "| part | measured |", "|---|---|"]
        lines += [f"| {n} | {_shown(claim, part)} |" for n, part in j.measured.parts.items()]
    if j.variants:
        lines += ["", *sensitivity(j)]
    return lines


def sensitivity(j: Judged) -> list[str]:
    """A table of the verdicts under other definitions, line by line."""
    rows = [
        f"| {name} | {_number(j.claim, measured)} | {verdict} |"
        for name, (verdict, measured) in j.variants.items()
    ]
    return ["| other definitions | measured | verdict |", "|---|---|---|", *rows]


def _threshold(claim: Claim) -> str:
    scale, _, unit = _UNITS[claim.unit]
    # A difference of percentages is one of points.
    units = {"tolerance": " points"} if claim.unit == "%" else {}
    numbers = {k: f"{scale * v:g}{units.get(k, unit)}" for k, v in claim.rule.numbers.items()}
    return claim.rule.words.format(**numbers)


def _number(claim: Claim, measured: Measured | None) -> str:
    return "–" if measured is None else _shown(claim, measured.interval)


def _behind(claim: Claim, measured: Measured | None) -> str:
    """What stands behind a number, in brackets."""
    if measured is None:
        return ""
    detail = measured.detail
    if measured.means is not None:
        scale, digits, unit = _UNITS["%" if claim.unit == "points" else claim.unit]
        detail = " against ".join(f"{scale * m:.{digits}f}{unit}" for m in measured.means)
    return f" ({detail})" if detail else ""


def _shown(claim: Claim, interval: Interval) -> str:
    """A mean with its interval, in the claim's unit; the mean alone where nothing varies."""
    scale, digits, unit = _UNITS[claim.unit]
    mean, low, high = (scale * x for x in interval)
    if math.isnan(mean):
        return "undefined: a run diverged, or did not get there"
    if low == high:
        text = f"{mean:.{digits}f}{unit}"
    else:
        text = f"{mean:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]{unit}"
    return text.replace("-", "−")


_UNITS = {
    "%": (100, 2, " %"),
    "points": (100, 2, " points"),
    "epochs": (1, 1, " epochs"),
    "ratio": (1, 4, ""),
    "score": (1, 3, ""),
    "loss": (1, 5, ""),
    "states": (1, 0, ""),
}
