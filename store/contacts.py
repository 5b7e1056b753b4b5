"""Who holds an e-mail address or mobile number: keyed digests of the value and of the person, never either itself (AM3-2).

Two cases may hold the same one only for the same person; a case that released its contacts keeps nobody away.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select, text, update

from store.dialects import SQLITE
from store.indexing import owner
from store.tables import cases
from store.tables_people import contact_claims
from store.transaction import Transaction
from store.vault import Vault
from workflow.model import ContactClaim


class SqlContacts:
    """The port `Contacts` on a database."""

    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._transaction = transaction
        self._vault = vault

    def taken(self, claims: tuple[ContactClaim, ...], *, person_key: str) -> tuple[str, ...]:
        """Names of the claims that another person holds."""
        return self._taken(self._digests(claims), person_key, apart_from=None)

    def reserve(self, case_id: UUID, claims: tuple[ContactClaim, ...], *, person_key: str) -> tuple[str, ...]:
        """Hold them for a case, replacing what it held; names of those that another person holds (then nothing is written)."""
        digests = self._digests(claims)
        self._hold_off_others(digests)
        taken = self._taken(digests, person_key, apart_from=case_id)
        if taken:
            return taken
        self._transaction.execute(_DROP, {"of": case_id})
        self._transaction.execute(_HOLD, {"of": case_id})
        person = owner(self._vault.keyring, person_key)
        rows = [
            {"case_id": case_id, "name": name, "digest": digest, "owner": person} for name, digest in digests.items()
        ]
        if rows:
            self._transaction.execute(_ADD, rows)
        return ()

    def holders(self, claim: ContactClaim) -> list[UUID]:
        """Cases that hold it, oldest first."""
        digest = self._digests((claim,))[claim.name]
        return list(self._transaction.execute(_HOLDERS, {"digest": digest}).scalars())

    def _taken(self, digests: dict[str, bytes], person_key: str, *, apart_from: UUID | None) -> tuple[str, ...]:
        wanted = {"digests": list(digests.values()), "owner": owner(self._vault.keyring, person_key), "own": apart_from}
        held = set(self._transaction.execute(_HELD if apart_from is None else _HELD_BY_OTHERS, wanted).scalars())
        return tuple(name for name, digest in digests.items() if digest in held)

    def _digests(self, claims: tuple[ContactClaim, ...]) -> dict[str, bytes]:
        keyring = self._vault.keyring
        return {claim.name: keyring.digest("contact/v1", claim.name, claim.value) for claim in claims}

    def _hold_off_others(self, digests: dict[str, bytes]) -> None:
        """Let one transaction at a time judge a value, until its end; on SQLite every writer has that already.

        A row cannot do it: nobody can lock the absence of a claim. The order is fixed, so two of them cannot wait for each other.
        """
        if self._transaction.dialect != SQLITE and digests:
            locks = sorted(int.from_bytes(digest[:8], "big", signed=True) for digest in digests.values())
            self._transaction.execute(_LOCK, {"locks": locks})


_LOCK = text("SELECT pg_advisory_xact_lock(lock) FROM unnest(CAST(:locks AS BIGINT[])) AS lock")
_HELD = (
    select(contact_claims.c.digest)
    .outerjoin(cases, cases.c.id == contact_claims.c.case_id)
    .where(contact_claims.c.digest.in_(bindparam("digests", expanding=True)))
    .where(contact_claims.c.owner != bindparam("owner"))
    .where(or_(cases.c.id.is_(None), cases.c.holds_contacts))
)
_HELD_BY_OTHERS = _HELD.where(contact_claims.c.case_id != bindparam("own"))
_HOLDERS = (
    select(contact_claims.c.case_id)
    .join(cases, cases.c.id == contact_claims.c.case_id)
    .where(contact_claims.c.digest == bindparam("digest"), cases.c.holds_contacts)
    .order_by(cases.c.opened_at, cases.c.id)
)
_DROP = delete(contact_claims).where(contact_claims.c.case_id == bindparam("of"))
_ADD = insert(contact_claims)
_HOLD = update(cases).where(cases.c.id == bindparam("of"), ~cases.c.holds_contacts).values(holds_contacts=True)
