"""Every claim of the post as data: its words, our definition, the statistic, the threshold.

Definitions and thresholds were fixed on 20 November 2026, before any record of the full profile
was looked at.
"""

from physlib.claims import conjugates, revision, statements, table
from physlib.claims.claim import Claim

claims: dict[str, Claim] = {
    claim.id: claim
    for claim in (*table.CLAIMS, *statements.CLAIMS, *revision.CLAIMS, *conjugates.CLAIMS)
}
