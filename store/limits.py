"""What holds sending back, in SQL: gates, quotas and suppressed addresses. Every count is safe among many workers.

Numbers and addresses are kept as keyed digests only (I6).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from identity.contact import email_key
from store import limits_statements as sql
from store.dialects import SQLITE
from store.keyring import Keyring
from store.transaction import Transaction
from workflow.limits import Bucket, Exceeded, Gate, Quota, Use, exceeded
from workflow.outbox import Channel

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class SqlGates:
    """The port `Gates` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def of(self, channel: Channel) -> Gate:
        """The gate as it stands."""
        row = self._transaction.execute(sql.GATE, {"of": channel}).one_or_none()
        return Gate(channel, *row) if row else Gate(channel)

    def hold(self, channel: Channel) -> None:
        """Let nobody else pass limits of this channel until this transaction ends, and see what they wrote."""
        self._there(channel)
        self._transaction.execute(sql.HOLD, {"of": channel})

    def close(self, channel: Channel, *, code: str, now: datetime, until: datetime) -> None:
        """Close it until then, or longer where it is closed for longer already; whoever tried has failed."""
        self._there(channel)
        self._transaction.execute(sql.CLOSE, {"of": channel, "why": code, "now": now, "until": until})

    def try_one(self, channel: Channel, *, now: datetime, until: datetime) -> bool:
        """Be the one who tries it, its pause being over; nobody else may before `until`."""
        return self._transaction.execute(sql.TRY_ONE, {"of": channel, "now": now, "until": until}).rowcount == 1

    def tried_nothing(self, channel: Channel) -> None:
        """Let another one try: there was no row to try it with."""
        self._transaction.execute(sql.TRIED_NOTHING, {"of": channel})

    def open(self, channel: Channel) -> None:
        """Open it."""
        self._transaction.execute(sql.OPEN, {"of": channel})

    def take(self, channel: Channel, bucket: Bucket, *, now: datetime, most: int) -> int:
        """Take up to `most` places out of the bucket by one statement; how many."""
        self._there(channel)
        wanted = {"of": channel, "now_us": microseconds(now), "most": most, "room": bucket.burst}
        taken = self._transaction.execute(sql.TAKE, wanted | {"interval": bucket.interval_us}).scalar_one()
        return int(taken)

    def give_back(self, channel: Channel, bucket: Bucket, *, count: int) -> None:
        """Put places back that were not needed."""
        self._transaction.execute(sql.GIVE_BACK, {"of": channel, "cost": count * bucket.interval_us})

    def _there(self, channel: Channel) -> None:
        self._transaction.execute(sql.make_gate(self._transaction.dialect), {"channel": str(channel)})


class SqlQuotas:
    """The port `Quotas` on a database; whoever takes holds the gate of the channel, or the subject, first."""

    def __init__(self, transaction: Transaction, keyring: Keyring) -> None:
        self._transaction = transaction
        self._keyring = keyring

    def hold(self, name: str, subject: str) -> None:
        """Let nobody else count this subject until this transaction ends; a transaction on SQLite holds everything anyway."""
        if self._transaction.dialect != SQLITE:
            digest = self._keyring.digest("quota/v1", name, subject)
            self._transaction.execute(sql.LOCK, {"lock": int.from_bytes(digest[:8], "big", signed=True)})

    def take(self, message_id: UUID, quotas: tuple[Quota, ...], *, now: datetime) -> Exceeded | None:
        """Count one message under all of these, or under none and say which has no place; a message counts once."""
        rows = []
        for quota in quotas:
            full = exceeded(quota, self._uses(quota, apart_from=message_id), now=now)
            if full is not None:
                return full
            rows.append(
                {
                    "message_id": message_id,
                    "name": quota.name,
                    "digest": self._digest(quota),
                    "used_at": now,
                    "amount": quota.amount,
                }
            )
        self.give_back(message_id)
        if rows:
            self._transaction.execute(sql.USE, rows)
        return None

    def give_back(self, message_id: UUID) -> None:
        """Uncount a message that never left."""
        self._transaction.execute(sql.UNUSE, {"of": message_id})

    def used(self, quota: Quota) -> int:
        """How much of it is used up."""
        return sum(use.amount for use in self._uses(quota, apart_from=None))

    def forget(self, name: str) -> None:
        """Count everybody's uses of this name afresh."""
        self._transaction.execute(sql.FORGET, {"of": name})

    def drop(self, *, before: datetime) -> int:
        """Drop uses that no window can see any more; how many."""
        return self._transaction.execute(sql.DROP_USES, {"before": before}).rowcount

    def _uses(self, quota: Quota, *, apart_from: UUID | None) -> list[Use]:
        asked = {"of": quota.name, "by": self._digest(quota), "since": quota.since}
        rows = self._transaction.execute(sql.USES, asked)
        return [Use(used_at, amount) for message_id, used_at, amount in rows if message_id != apart_from]

    def _digest(self, quota: Quota) -> bytes:
        return self._keyring.digest("quota/v1", quota.name, quota.subject)


class SqlSuppressions:
    """The port `Suppressions` on a database."""

    def __init__(self, transaction: Transaction, keyring: Keyring) -> None:
        self._transaction = transaction
        self._keyring = keyring

    def add(self, address: str, *, reason: str, now: datetime) -> None:
        """Write to this address no more; the first reason stands."""
        row = {"digest": self._digest(address), "reason": reason, "since": now}
        self._transaction.execute(sql.suppress(self._transaction.dialect), row)

    def has(self, address: str) -> bool:
        """Whether nobody writes to it."""
        return self._transaction.execute(sql.SUPPRESSED, {"of": self._digest(address)}).one_or_none() is not None

    def lift(self, address: str) -> bool:
        """Write to it again; whether it was held back."""
        return self._transaction.execute(sql.LIFT, {"of": self._digest(address)}).rowcount == 1

    def drop(self, *, before: datetime) -> int:
        """Drop those that are older; how many."""
        return self._transaction.execute(sql.DROP_SUPPRESSED, {"before": before}).rowcount

    def _digest(self, address: str) -> bytes:
        return self._keyring.digest("suppressed/v1", email_key(address))


def microseconds(instant: datetime) -> int:
    """The instant as whole microseconds since 1970, exact."""
    return (instant - EPOCH) // MICROSECOND
