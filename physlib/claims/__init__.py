"""Every claim as data: its words, our definition, the statistic, the threshold.

Those of the post were fixed on 20 November 2026, before any record of the full profile was looked
at; those on a principle, on the day that their module names.
"""

from physlib.claims import conjugates, revision, statements, symmetry, table, twins, uncertainty
from physlib.claims.claim import Claim

claims: dict[str, Claim] = {
    claim.id: claim
    for claim in (
        *table.CLAIMS,
        *statements.CLAIMS,
        *revision.CLAIMS,
        *symmetry.CLAIMS,
        *conjugates.CLAIMS,
        *uncertainty.CLAIMS,
        *twins.CLAIMS,
    )
}
