"""Every claim of the post and of the papers as data: words, definition, statistic, threshold.

Those of the post were fixed on 20 November 2026, before any record of the full profile
was looked at.
"""

from physlib.claims import revision, statements, table, twins, uncertainty
from physlib.claims.claim import Claim

claims: dict[str, Claim] = {
    claim.id: claim
    for claim in (
        *table.CLAIMS,
        *statements.CLAIMS,
        *revision.CLAIMS,
        *uncertainty.CLAIMS,
        *twins.CLAIMS,
    )
}
