"""What the database knows of the send journal: its name, the epoch, and what had left before a restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Text, bindparam, case, cast, delete, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.dialects import SQLITE
from store.outbox_statements import HELD, of_waiting
from store.tables_queue import fences, outbox, sent_elsewhere
from store.transaction import Transaction
from store.types import UtcDateTime
from workflow.outbox import Delivery, DeliveryState

INSTALLATION, EPOCH = "installation", "epoch"


class SqlFences:
    """The port `Fences` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def installation(self) -> str | None:
        """The name under which this database sends; None before it ever sent."""
        return self._value(INSTALLATION)

    def call_it(self, installation: str) -> str:
        """Name it, unless it has a name; the name that stands."""
        self._make(INSTALLATION, installation)
        return self._value(INSTALLATION) or installation

    def epoch(self) -> int:
        """How many batches were claimed to be sent."""
        return int(self._value(EPOCH) or 0)

    def raise_epoch(self) -> int:
        """One more; the new epoch. The row stays locked until the claim is committed, which is soon."""
        raised = self._transaction.execute(_RAISE).scalar_one_or_none()
        if raised is None:
            self._make(EPOCH, "0")
            raised = self._transaction.execute(_RAISE).scalar_one()
        return int(raised)

    def lift(self, epoch: int) -> None:
        """Go on from an epoch that was reached elsewhere."""
        self._make(EPOCH, "0")
        self._transaction.execute(_LIFT, {"reached": str(epoch)})

    def sent_elsewhere(self, keys: Sequence[bytes], *, now: datetime) -> dict[bytes, int]:
        """How many messages of these keys had left before the restore and are not made up for."""
        rows = self._transaction.execute(_EXPECTED, {"keys": list(keys), "now": now})
        return {row.key: row.times for row in rows}

    def expect(self, counts: Mapping[bytes, int], *, until: datetime) -> None:
        """Note how many messages of a key had left before the restore."""
        for key, times in counts.items():
            more = {"of": key, "more": times, "until": until}
            if self._transaction.execute(_EXPECT_MORE, more).rowcount != 1:
                self._transaction.execute(insert(sent_elsewhere), {"key": key, "times": times, "until": until})

    def spend(self, key: bytes) -> bool:
        """One of them is made up for; False when none is left."""
        spent = self._transaction.execute(_SPEND, {"of": key}).rowcount == 1
        self._transaction.execute(_SPENT, {"of": key})
        return spent

    def forget(self, *, now: datetime) -> int:
        """Drop what is no longer expected; how many."""
        return self._transaction.execute(_FORGET, {"now": now}).rowcount

    def doubt(self, delivery: Delivery, *, first_at: datetime, last_at: datetime) -> bool:
        """Make a waiting row one whose attempt has no outcome; False when it no longer stands as it was read."""
        held = {"of": delivery.message.id, "held": delivery.fence}
        return self._transaction.execute(_DOUBT, held | {"first_at": first_at, "last_at": last_at}).rowcount == 1

    def _value(self, name: str) -> str | None:
        value: str | None = self._transaction.execute(_READ, {"of": name}).scalar_one_or_none()
        return value

    def _make(self, name: str, value: str) -> None:
        make = sqlite.insert if self._transaction.dialect == SQLITE else postgresql.insert
        self._transaction.execute(make(fences).values(name=name, value=value).on_conflict_do_nothing())


_READ = select(fences.c.value).where(fences.c.name == bindparam("of"))
_RAISE = (
    update(fences)
    .where(fences.c.name == EPOCH)
    .values(value=cast(cast(fences.c.value, BigInteger) + literal(1), Text))
    .returning(fences.c.value)
)
_LIFT = update(fences).where(fences.c.name == EPOCH).values(value=bindparam("reached", type_=Text))
_EXPECTED = select(sent_elsewhere.c.key, sent_elsewhere.c.times).where(
    sent_elsewhere.c.key.in_(bindparam("keys", expanding=True)),
    sent_elsewhere.c.until > bindparam("now", type_=UtcDateTime),
)
_OF_KEY = sent_elsewhere.c.key == bindparam("of")
_UNTIL = bindparam("until", type_=UtcDateTime)
_EXPECT_MORE = (
    update(sent_elsewhere)
    .where(_OF_KEY)
    .values(
        times=sent_elsewhere.c.times + bindparam("more"),
        until=case((sent_elsewhere.c.until > _UNTIL, sent_elsewhere.c.until), else_=_UNTIL),
    )
)
_SPEND = update(sent_elsewhere).where(_OF_KEY).values(times=sent_elsewhere.c.times - 1)
_SPENT = delete(sent_elsewhere).where(_OF_KEY, sent_elsewhere.c.times <= 0)
_FORGET = delete(sent_elsewhere).where(sent_elsewhere.c.until <= bindparam("now", type_=UtcDateTime))
_DOUBT = (
    update(outbox)
    .where(HELD, of_waiting())
    .values(
        state=str(DeliveryState.UNKNOWN),
        attempts=outbox.c.attempts + 1,
        fence=outbox.c.fence + 1,
        lease_until=None,
        first_attempt_at=case(
            (outbox.c.first_attempt_at.is_(None), bindparam("first_at", type_=UtcDateTime)),
            else_=outbox.c.first_attempt_at,
        ),
        last_attempt_at=bindparam("last_at", type_=UtcDateTime),
    )
)
