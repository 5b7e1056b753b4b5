"""The queue of everything that leaves, in SQL: claimed under a lease, fenced, settled; it sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping

from store import outbox_statements as sql
from store.changes import secret_path
from store.deliveries import delivery_of
from store.transaction import Transaction
from store.turns import Turn, turns
from store.vault import Vault
from workflow.errors import NotFound
from workflow.outbox import Attempt, Channel, Delivery, DeliveryState, Settlement


class SqlOutbox:
    """The port `Outbox` on a database."""

    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._transaction = transaction
        self._vault = vault

    def claim(
        self, channels: frozenset[Channel], *, now: datetime, lease_until: datetime, limit: int
    ) -> list[Delivery]:
        """Lease due rows, entity by entity, each with a new fence; never past send_before.

        PostgreSQL passes over rows of others.
        """
        rows: list[RowMapping] = []
        for turn in self._turns(channels, now=now, limit=limit):
            most = min(turn.most, limit - len(rows))
            if most > 0:
                wanted = {"channel": turn.channel, "entity": turn.entity, "now": now, "most": most}
                rows += self._transaction.execute(sql.CLAIMABLE, wanted).mappings().all()
        if rows:
            ids = [row["id"] for row in rows]
            self._transaction.execute(sql.LEASE, {"ids": ids, "until": lease_until})
        return [self._claimed(row) for row in rows]

    def _turns(self, channels: frozenset[Channel], *, now: datetime, limit: int) -> list[Turn]:
        """Who may send how much in this claim: everybody who waits has a part, and nobody is always first."""
        waiting = [
            (str(channel), entity)
            for channel in sorted(channels)
            for entity in self._transaction.execute(sql.TURNS, {"channel": channel}).scalars()
        ]
        return turns(waiting, now=now, limit=limit)

    def begin(self, delivery: Delivery, *, now: datetime, lease_until: datetime) -> bool:
        """Record that an attempt starts (state sending; pinned template, language, digest); False if the fence is stale."""
        held = {"of": delivery.message.id, "held": delivery.fence}
        pinned = {
            "pinned_language": delivery.message.language,
            "pinned_template": delivery.template,
            "pinned_digest": delivery.body_digest,
        }
        times = {"now": now, "until": lease_until}
        if self._transaction.execute(sql.BEGIN, held | pinned | times).rowcount != 1:
            return False
        self._transaction.execute(sql.ATTEMPT, held | {"now": now, "sending": str(DeliveryState.SENDING)})
        return True

    def settle(self, delivery: Delivery, settlement: Settlement, *, now: datetime) -> bool:
        """Record what the attempt came to, and free the lease; False if the fence is stale."""
        held = {"of": delivery.message.id, "held": delivery.fence}
        retry = {"counts": settlement.counts, "again_at": settlement.not_before}
        if self._transaction.execute(sql.SETTLE, held | _row(settlement) | retry).rowcount != 1:
            return False
        self._transaction.execute(sql.ATTEMPT_ENDED, held | _ended(settlement) | {"now": now})
        return True

    def move(self, delivery: Delivery, settlement: Settlement, *, now: datetime) -> bool:
        """Write what a receipt came to, only while the row still stands as it was read; whoever held it holds it no more."""
        held = {"of": delivery.message.id, "held": delivery.fence, "stood": str(delivery.state)}
        if self._transaction.execute(sql.MOVE, held | _row(settlement)).rowcount != 1:
            return False
        self._transaction.execute(sql.ATTEMPTS_ENDED, {"of": delivery.message.id, "now": now} | _ended(settlement))
        return True

    def rescue(self, *, now: datetime) -> int:
        """Free lapsed leases: back to queued where no attempt began, unknown where one did; how many."""
        return self._transaction.execute(sql.RESCUE, {"now": now}).rowcount

    def overdue(self, *, now: datetime) -> list[Delivery]:
        """Close what waited past its send_before as cancelled, secrets erased; the rows closed."""
        late = list(self._transaction.execute(sql.LATE, {"now": now}).scalars())
        if not late:
            return []
        self._transaction.execute(sql.CANCEL, {"ids": late})
        return self._shown(sql.BY_IDS, {"ids": late})

    def erase_secrets(self, *, now: datetime) -> int:
        """Erase secrets that can no longer be needed: delivered, failed, past send_before; how many."""
        return self._transaction.execute(sql.ERASE_SPENT, {"now": now}).rowcount

    def of_case(self, case_id: UUID) -> list[Delivery]:
        """Every row of a case, oldest first, secrets left out."""
        return self._shown(sql.OF_CASE, {"of": case_id})

    def find(self, message_id: UUID) -> Delivery:
        """One row, secret left out. Raises: NotFound."""
        found = self._shown(sql.BY_IDS, {"ids": [message_id]})
        if not found:
            raise NotFound("message", str(message_id))
        return found[0]

    def listed(self, states: frozenset[DeliveryState], *, limit: int, apart_from: str | None = None) -> list[Delivery]:
        """Rows in these states, oldest first (all states when empty), secrets left out; without those of one entity."""
        wanted = sorted(states or frozenset(DeliveryState))
        return self._shown(sql.IN_STATES, {"states": wanted, "most": limit, "apart_from": apart_from or ""})

    def requeue(self, message_id: UUID, *, now: datetime) -> None:
        """Put a parked or failed row back, its attempts at zero. Raises: NotFound."""
        if self._transaction.execute(sql.REQUEUE, {"of": message_id, "now": now}).rowcount != 1:
            self.find(message_id)

    def count_due(self, channels: frozenset[Channel], *, now: datetime) -> int:
        """How many rows could be claimed now."""
        return int(self._transaction.execute(sql.COUNT_DUE, {"channels": sorted(channels), "now": now}).scalar_one())

    def latest_owed(self, *, upto: datetime) -> datetime | None:
        """The latest instant, up to a bound, at which a row came due that waits and was never tried."""
        latest: datetime | None = self._transaction.execute(sql.LATEST_OWED, {"upto": upto}).scalar_one_or_none()
        return latest

    def secret_of(self, message_id: UUID) -> str | None:
        """The secret of a row while it is kept; it is read to be sent again, never to be shown. Raises: NotFound."""
        row = self._transaction.execute(sql.SECRET, {"of": message_id}).mappings().one_or_none()
        if row is None:
            raise NotFound("message", str(message_id))
        self._vault.remember(row["case_id"], (row["key_id"], row["secret_id"], row["wrapped"]))
        return self._vault.read(row["case_id"], secret_path(message_id), row["secret"])

    def attempts_of(self, message_id: UUID) -> list[Attempt]:
        """Every attempt at a row, oldest first."""
        rows = self._transaction.execute(sql.ATTEMPTS, {"of": message_id}).mappings()
        return [Attempt(**{name: value for name, value in row.items() if name != "message_id"}) for row in rows]

    def by_reference(self, provider_ref: str) -> Delivery | None:
        """The row that the provider knows under this reference."""
        return next(iter(self._shown(sql.BY_REFERENCE, {"reference": provider_ref})), None)

    def unconfirmed(self, *, now: datetime, lease_until: datetime, limit: int) -> list[Delivery]:
        """Accepted rows whose provider is to be asked now, oldest first, each put off until the lease ends."""
        rows = self._shown(sql.UNCONFIRMED, {"now": now, "most": limit})
        if rows:
            self._transaction.execute(sql.PUT_OFF, {"ids": [row.message.id for row in rows], "until": lease_until})
        return rows

    def asked(self, delivery: Delivery, *, again_at: datetime | None) -> None:
        """Note that the provider was asked about a row, and when to ask again."""
        self._transaction.execute(sql.ASKED, {"of": delivery.message.id, "again_at": again_at})

    def _claimed(self, row: RowMapping) -> Delivery:
        """A claimed row with its secret opened, under the fence that it has just been given."""
        self._vault.remember(row["case_id"], (row["key_id"], row["secret_id"], row["wrapped"]))
        secret = self._vault.read(row["case_id"], secret_path(row["id"]), row["secret"])
        return delivery_of(row, secret=secret, fence=row["fence"] + 1)

    def _shown(self, query: sql.Query, parameters: Mapping[str, object]) -> list[Delivery]:
        rows = self._transaction.execute(query, parameters).mappings()
        return [delivery_of(row, secret=None, fence=row["fence"]) for row in rows]


def _ended(settlement: Settlement) -> dict[str, object]:
    """What an attempt came to."""
    return {"came_to": str(settlement.state), "reference": settlement.provider_ref, "code": settlement.error}


def _row(settlement: Settlement) -> dict[str, object]:
    """What its row holds from now on."""
    return _ended(settlement) | {"erases": settlement.erase_secret, "poll_at": settlement.poll_at}
