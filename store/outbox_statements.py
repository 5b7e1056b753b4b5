"""The statements of the outbox, built once; each says in SQL one sentence of the port."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    text,
    update,
)  # fmt: skip

from store.tables import data_keys
from store.tables_queue import delivery_attempts, outbox
from store.types import UtcDateTime
from workflow.lifecycles.message import Trigger, erasing, sources
from workflow.outbox import WAITING, DeliveryState

Query = Select[*tuple[Any, ...]]
S, T = DeliveryState, Trigger
SPENT = sorted(erasing())  # nobody sends these again, so nobody needs their secret


def _in(*states: DeliveryState) -> ColumnElement[bool]:
    """In one of these states; written out as literals, so that the partial index on what waits is used."""
    return outbox.c.state.in_([_word(state) for state in sorted(states)])


def _word(state: DeliveryState) -> ColumnElement[str]:
    return bindparam(None, str(state), Text, literal_execute=True)


def _now(name: str = "now") -> ColumnElement[Any]:
    return bindparam(name, type_=UtcDateTime)


def of_waiting() -> ColumnElement[bool]:
    """Rows that are not at rest."""
    return _in(*WAITING)


_AGE = (outbox.c.queued_at, outbox.c.sequence, outbox.c.id)
_MAY_GO = and_(
    _in(*WAITING),
    _in(*sources(T.BEGIN)),
    outbox.c.lease_until.is_(None),
    outbox.c.not_before <= _now(),
    or_(outbox.c.send_before.is_(None), outbox.c.send_before > _now()),
)
HELD = and_(outbox.c.id == bindparam("of"), outbox.c.fence == bindparam("held"))

# Entities take turns, so that ten thousand rows of one never stand before a single row of another. Each is found by one step
# through the index, however many rows it has.
_WAITS = f"state IN ({', '.join(repr(str(state)) for state in sorted(WAITING))})"
TURNS = text(
    f"""WITH RECURSIVE turn(entity) AS (
    SELECT min(entity) FROM outbox WHERE {_WAITS} AND channel = :channel
    UNION ALL
    SELECT (SELECT min(entity) FROM outbox WHERE {_WAITS} AND channel = :channel AND outbox.entity > turn.entity)
    FROM turn WHERE turn.entity IS NOT NULL
) SELECT entity FROM turn WHERE entity IS NOT NULL"""
)
CLAIMABLE = (
    select(outbox, data_keys.c.key_id, data_keys.c.secret_id, data_keys.c.wrapped)
    .outerjoin(data_keys, data_keys.c.case_id == outbox.c.case_id)
    .where(
        _MAY_GO,
        outbox.c.channel == bindparam("channel", type_=Text),
        outbox.c.entity == bindparam("entity", type_=Text),
    )
    .order_by(outbox.c.urgency, outbox.c.not_before, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=outbox, skip_locked=True)
)
LEASE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(lease_until=_now("until"), fence=outbox.c.fence + 1)
)
COUNT_DUE = (
    select(func.count()).select_from(outbox).where(_MAY_GO, outbox.c.channel.in_(bindparam("channels", expanding=True)))
)
LATEST_OWED = (
    select(outbox.c.not_before)
    .where(_in(*WAITING), _in(S.QUEUED), outbox.c.error.is_(None), outbox.c.not_before <= _now("upto"))
    .order_by(outbox.c.not_before.desc())
    .limit(1)
)

BEGIN = (
    update(outbox)
    .where(HELD, outbox.c.lease_until.is_not(None), _in(*sources(T.BEGIN)))
    .values(
        state=str(S.SENDING),
        attempts=outbox.c.attempts + 1,
        lease_until=_now("until"),
        language=bindparam("pinned_language", type_=Text),
        template=bindparam("pinned_template", type_=Text),
        body_digest=bindparam("pinned_digest", type_=Text),
        first_attempt_at=func.coalesce(outbox.c.first_attempt_at, _now()),
        last_attempt_at=_now(),
    )
)
ATTEMPT = insert(delivery_attempts).values(
    message_id=bindparam("of"), fence=bindparam("held"), started_at=_now(), state=bindparam("sending")
)

# An attempt is counted when it begins, so that a crash counts; what costs nothing is given back, what never began is not.
_GIVEN_BACK = case((and_(outbox.c.state == _word(S.SENDING), ~bindparam("counts", type_=Boolean)), 1), else_=0)
SETTLE = (
    update(outbox)
    .where(HELD, _in(*WAITING))
    .values(
        state=bindparam("came_to", type_=Text),
        attempts=outbox.c.attempts - _GIVEN_BACK,
        not_before=func.coalesce(_now("again_at"), outbox.c.not_before),
        lease_until=None,
        provider_ref=func.coalesce(bindparam("reference", type_=Text), outbox.c.provider_ref),
        error=bindparam("code", type_=Text),
        secret=case((~bindparam("erases", type_=Boolean), outbox.c.secret), else_=None),
        poll_at=_now("poll_at"),
    )
)
# A receipt: whoever held the row holds it no more, and what it says stands only on what was read.
MOVE = (
    update(outbox)
    .where(HELD, outbox.c.state == bindparam("stood", type_=Text))
    .values(
        state=bindparam("came_to", type_=Text),
        fence=outbox.c.fence + 1,
        lease_until=None,
        poll_at=_now("poll_at"),
        provider_ref=func.coalesce(bindparam("reference", type_=Text), outbox.c.provider_ref),
        error=bindparam("code", type_=Text),
        secret=case((~bindparam("erases", type_=Boolean), outbox.c.secret), else_=None),
    )
)
UNCONFIRMED = (
    select(outbox)
    .where(outbox.c.poll_at.is_not(None), outbox.c.poll_at <= _now(), _in(S.ACCEPTED))
    .order_by(outbox.c.poll_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
PUT_OFF = update(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True))).values(poll_at=_now("until"))
ASKED = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"), outbox.c.poll_at.is_not(None))
    .values(poll_at=_now("again_at"), polls=outbox.c.polls + 1)
)
SECRET = (
    select(outbox.c.case_id, outbox.c.secret, data_keys.c.key_id, data_keys.c.secret_id, data_keys.c.wrapped)
    .outerjoin(data_keys, data_keys.c.case_id == outbox.c.case_id)
    .where(outbox.c.id == bindparam("of"))
)
ATTEMPTS = (
    select(delivery_attempts)
    .where(delivery_attempts.c.message_id == bindparam("of"))
    .order_by(delivery_attempts.c.fence)
)
BY_REFERENCE = select(outbox).where(outbox.c.provider_ref == bindparam("reference"))
ATTEMPTS_ENDED = (
    update(delivery_attempts)
    .where(delivery_attempts.c.message_id == bindparam("of"), delivery_attempts.c.ended_at.is_(None))
    .values(
        ended_at=_now(),
        state=bindparam("came_to", type_=Text),
        error=bindparam("code", type_=Text),
        provider_ref=bindparam("reference", type_=Text),
    )
)
# Locked one by one, passing over what another worker rescues: so two of them never wait for each other in a circle.
_LAPSED = (
    select(outbox.c.id)
    .where(outbox.c.lease_until <= _now(), _in(*WAITING))
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
ATTEMPT_ENDED = ATTEMPTS_ENDED.where(delivery_attempts.c.fence == bindparam("held"))
RESCUE = (
    update(outbox)
    .where(outbox.c.id.in_(_LAPSED))
    .values(lease_until=None, state=case((outbox.c.state == _word(S.SENDING), str(S.UNKNOWN)), else_=outbox.c.state))
)

LATE = (
    select(outbox.c.id)
    .where(_in(*WAITING), outbox.c.send_before <= _now())
    .order_by(*_AGE)
    .with_for_update(skip_locked=True)
)
CANCEL = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(state=str(S.CANCELLED), secret=None, lease_until=None, fence=outbox.c.fence + 1)
)
ERASE_SPENT = (
    update(outbox)
    .where(outbox.c.secret.is_not(None), or_(_in(*SPENT), outbox.c.send_before <= _now()))
    .values(secret=None)
)
REQUEUE = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"), _in(*sources(T.RETRY)))
    .values(state=str(S.QUEUED), attempts=0, not_before=_now(), lease_until=None, error=None)
)

OF_CASE = select(outbox).where(outbox.c.case_id == bindparam("of")).order_by(*_AGE)
BY_IDS = select(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True))).order_by(*_AGE)
IN_STATES = (
    select(outbox)
    .where(outbox.c.state.in_(bindparam("states", expanding=True)), outbox.c.entity != bindparam("apart_from"))
    .order_by(*_AGE)
    .limit(bindparam("most"))
)
