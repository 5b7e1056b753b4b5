"""What an upgrade would stumble over in the middle, looked for before it begins: a person can mend what has a name."""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import Connection, text

from store.faults import UPGRADE
from workflow.errors import Unavailable

MANY_NAMED_ALIKE = frozenset({"0001", "0002"})  # revisions that kept no second activation from taking a user name
_SHARED = text(
    "SELECT blind_index.digest, cases.ref FROM blind_index JOIN cases ON cases.id = blind_index.case_id "
    "WHERE blind_index.name = 'username' AND blind_index.digest IN (SELECT digest FROM blind_index "
    "WHERE name = 'username' GROUP BY digest HAVING count(*) > 1) ORDER BY blind_index.digest, cases.opened_at, cases.ref"
)
_FREE = "DELETE FROM blind_index WHERE name = 'username' AND case_id = (SELECT id FROM cases WHERE ref = '{ref}');"


def refuse_shared_names(connection: Connection, revision: str | None, place: str) -> None:
    """Name the activations that have one user name together. Raises: Unavailable.

    Of the name only a keyed digest is known here, so the activations are named by their references.
    """
    if revision not in MANY_NAMED_ALIKE:
        return
    rows = sorted((bytes(digest), ref) for digest, ref in connection.execute(_SHARED))
    shared = [[ref for _, ref in group] for _, group in groupby(rows, key=lambda row: row[0])]
    if not shared:
        return
    told = "; ".join(" and ".join(refs) for refs in shared)
    free = " ".join(_FREE.format(ref=refs[-1]) for refs in shared)
    raise Unavailable(
        f"In the database {place} activations have the same user name, which only one may have: {told}. Take it from all "
        f"of them but one, for instance: {free} Whoever loses it needs a new request. Nothing was changed. Then: {UPGRADE}"
    )
