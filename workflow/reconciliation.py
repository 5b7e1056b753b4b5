"""What a restored database must learn from the send journal before anything may leave again (F46).

Looking writes nothing. Applying may die anywhere and be run again: each row is settled by itself, and what is imported, the
lifted epoch included, is one transaction at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from workflow import activations_delivery
from workflow.advance import Tools
from workflow.errors import BisdeskError, ConcurrentChange, Unavailable
from workflow.fence import MAY_HAVE_LEFT, SENT_BEFORE, Digests, Evidence, Fate, Stand, Told
from workflow.outbox import WAITING, Channel, Delivery, DeliveryState, MessageKind, Settlement
from workflow.ports import UnitOfWork, UnitOfWorkFactory
from workflow.recording import record

EVERY_ROW = 100_000_000
RACES = 20  # times a row is settled anew after somebody moved its case; each loss is somebody's progress
AT_REST = frozenset({DeliveryState.PARKED, DeliveryState.FAILED})
LIFECYCLES = ("registration", "activation")
CREATE = str(MessageKind.CREATE)


class Verdict(StrEnum):
    """What becomes of a row that the database still means to send."""

    SENT = "sent"  # it left: accepted, unconfirmed, never sent again
    LOOKED_UP = "looked_up"  # nobody knows, and the provider can be asked first
    PARKED = "parked"  # nobody knows, and nobody can be asked: a person decides
    SEARCHED = "searched"  # a creation that was asked: the person is searched first (B1-20)


@dataclass(frozen=True, slots=True)
class Found:
    """What the journal tells a restored database."""

    stand: Stand
    rows: tuple[tuple[Delivery, Told, Verdict], ...] = field(default=(), repr=False)
    expected: Mapping[bytes, int] = field(default_factory=dict, repr=False)  # left, and may be made again by the clock
    no_row: int = 0  # messages that left and that the database does not know at all
    doubtful: int = 0  # of those, the ones of which nobody knows whether they left
    lost_secrets: tuple[str, ...] = ()  # cases whose newest link or code this database does not know
    creations: tuple[str, ...] = ()  # requests for which the register was asked to create, unknown to this database
    lost_cases: int = 0  # cases that were opened after the backup
    unreadable: int = 0

    def count(self, verdict: Verdict) -> int:
        """How many rows got this verdict."""
        return sum(one is verdict for _, _, one in self.rows)


def look(uow: UnitOfWork, evidence: Evidence, stand: Stand, *, digests: Digests, now: datetime) -> Found:
    """Compare database and journal; writes nothing."""
    rows = uow.outbox.listed(frozenset(), limit=EVERY_ROW)
    known = [(row, digests.of(row.message).id) for row in rows]
    heard = [(row, evidence.told[key]) for row, key in known if key in evidence.told]
    of_ours = {key for _, key in known}
    later = [
        told
        for key, told in evidence.told.items()
        if key not in of_ours and told.last.epoch > stand.known and told.fate is not Fate.STAYED
    ]
    refs = _refs(uow, digests, now)
    return Found(
        stand=stand,
        rows=tuple((row, told, verdict) for row, told in heard if (verdict := _verdict(row, told)) is not None),
        expected=_expected(heard, later, stand),
        no_row=len(later),
        doubtful=sum(told.fate is Fate.OPEN for told in later),
        lost_secrets=_named(refs, (told for told in later if told.last.fresh_secret)),
        creations=_named(refs, (told for told in later if told.last.kind == CREATE)),
        lost_cases=len({told.last.keys.case for told in later} - set(refs)),
        unreadable=evidence.unreadable,
    )


def settle(uow_factory: UnitOfWorkFactory, found: Found, *, now: datetime, tools: Tools) -> None:
    """Settle row by row what the database must not send as it stands; each may be done twice. Raises: Unavailable."""
    for row, told, verdict in found.rows:
        if verdict in (Verdict.LOOKED_UP, Verdict.SEARCHED):
            with uow_factory() as uow:
                uow.fences.doubt(row, first_at=told.first_at, last_at=told.last.at)
                uow.commit()
        elif verdict is Verdict.SENT:
            _record(uow_factory, row, Settlement(DeliveryState.ACCEPTED, error=SENT_BEFORE), now=now, tools=tools)
        else:
            what = Settlement(DeliveryState.PARKED, counts=False, error=MAY_HAVE_LEFT)
            _record(uow_factory, row, what, now=now, tools=tools)


def lift(uow: UnitOfWork, found: Found, *, installation: str, until: datetime) -> int:
    """Import what had left and lift the fence, in this transaction; the new epoch.

    Raises: ConcurrentChange when somebody else has reconciled meanwhile.
    """
    if uow.fences.call_it(installation) != installation or uow.fences.epoch() != found.stand.known:
        raise ConcurrentChange("the restored database")
    uow.fences.expect(found.expected, until=until)
    uow.fences.lift(found.stand.reached + 1)
    return found.stand.reached + 1


def _verdict(row: Delivery, told: Told) -> Verdict | None:
    if row.state not in WAITING or told.fate is Fate.STAYED:
        return None
    if row.message.channel is Channel.REGISTER:
        return Verdict.SEARCHED
    if told.fate is Fate.LEFT:
        return Verdict.SENT
    return Verdict.LOOKED_UP if row.message.channel is Channel.SMS else Verdict.PARKED


def _expected(heard: Iterable[tuple[Delivery, Told]], later: Iterable[Told], stand: Stand) -> Counter[bytes]:
    """What must not leave once more: rows at rest that were retried, what the clock makes again, creations asked before."""
    expected: Counter[bytes] = Counter()
    for row, told in heard:
        if row.state in AT_REST and told.last.epoch > stand.known and told.fate is not Fate.STAYED:
            expected[told.last.keys.id] += 1
    for told in later:
        if told.last.kind == CREATE or (told.fate is Fate.LEFT and not told.last.fresh_secret):
            expected[told.last.keys.said] += 1
        elif not told.last.fresh_secret:
            expected[told.last.keys.doubted] += 1
    return expected


def _refs(uow: UnitOfWork, digests: Digests, now: datetime) -> dict[bytes, str]:
    return {
        digests.of_case(case.id): case.ref
        for lifecycle in LIFECYCLES
        for case, _ in uow.cases.listed(lifecycle, now=now)
    }


def _named(refs: Mapping[bytes, str], told: Iterable[Told]) -> tuple[str, ...]:
    return tuple(sorted({refs[one.last.keys.case] for one in told if one.last.keys.case in refs}))


def _record(uow_factory: UnitOfWorkFactory, row: Delivery, what: Settlement, *, now: datetime, tools: Tools) -> None:
    """Write the outcome and let it move its case; where the case does not take it, the row alone."""
    for _ in range(RACES):
        try:
            with uow_factory() as uow:
                if record(uow, row, what, now=now):
                    activations_delivery.settled(uow, row.message, what, now=now, tools=tools)
                    uow.commit()
                return
        except Unavailable:
            raise
        except ConcurrentChange:
            continue
        except BisdeskError:
            break
    with uow_factory() as uow:
        record(uow, row, what, now=now)
        uow.commit()
