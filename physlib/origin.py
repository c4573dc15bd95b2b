"""Where a set of records comes from, in a paragraph."""

from datetime import datetime, timedelta
from typing import Any

from physlib.claims.judging import Shelf


def origin(shelf: Shelf) -> str:
    """Who made the records of `shelf`, on what, and how long it took."""
    records = list(shelf)
    if not records:
        return f"There are no records of the profile *{shelf.profile}* yet."

    def every(*keys: str) -> str:
        found = set()
        for record in records:
            value: Any = record.facts
            for key in keys:
                value = value[key]
            found.add(str(value))
        return ", ".join(sorted(found))

    spent = [timedelta(seconds=record.facts["seconds"]["total"]) for record in records]
    ends = [datetime.fromisoformat(record.facts["date"]) for record in records]
    wall = max(ends) - min(end - s for end, s in zip(ends, spent, strict=True))
    diverged = sum(record.facts["status"] == "diverged" for record in records)
    dirty = any(record.facts["commit"]["dirty"] for record in records)
    commits = ", ".join(sorted({str(r.facts["commit"]["id"])[:10] for r in records}))
    return (
        f"{len(records)} records of the profile *{shelf.profile}*, {diverged} of them of runs that "
        f"diverged; {sum(spent, timedelta()) / timedelta(hours=1):.1f} hours on one core each, "
        f"{wall / timedelta(minutes=1):.0f} minutes from the first start to the last end on "
        f"{every('machine', 'cores')} cores; {every('machine', 'architecture')} "
        f"({every('machine', 'instructions')}), torch {every('versions', 'torch')}, Python "
        f"{every('versions', 'python')}; commit {commits}{', with changes' if dirty else ''}. "
        "`physlib reproduce --profile full` makes them, `physlib verdicts` this page."
    )
