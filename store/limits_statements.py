"""The statements of gates, quotas and suppressed addresses; each says in SQL one sentence of its port."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite

from store.dialects import SQLITE
from store.tables_queue import gates, quota_uses, suppressions
from store.types import UtcDateTime


def _at(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=UtcDateTime)


def _count(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)


_OF = gates.c.channel == bindparam("of", type_=Text)
GATE = select(gates.c.paused_until, gates.c.paused_since, gates.c.code, gates.c.probe_until).where(_OF)
HOLD = select(gates.c.channel).where(_OF).with_for_update()
_LONGER = or_(gates.c.paused_until.is_(None), gates.c.paused_until <= _at("until"))
CLOSE = (
    update(gates)
    .where(_OF)
    .values(
        paused_until=case((_LONGER, _at("until")), else_=gates.c.paused_until),
        code=case((_LONGER, bindparam("why", type_=Text)), else_=gates.c.code),
        paused_since=func.coalesce(gates.c.paused_since, _at("now")),
        probe_until=None,
    )
)
TRY_ONE = (
    update(gates)
    .where(
        _OF,
        gates.c.paused_since.is_not(None),
        or_(gates.c.paused_until.is_(None), gates.c.paused_until <= _at("now")),
        or_(gates.c.probe_until.is_(None), gates.c.probe_until <= _at("now")),
    )
    .values(probe_until=_at("until"))
)
TRIED_NOTHING = update(gates).where(_OF).values(probe_until=None)
OPEN = update(gates).where(_OF).values(paused_until=None, paused_since=None, code=None, probe_until=None)

# The bucket is one instant: when it will be full again. What it holds is what fits between then and now, in whole
# microseconds, so that no rounding adds up however often it is asked.
_FULL_AT = case((gates.c.full_at > _count("now_us"), gates.c.full_at), else_=_count("now_us"))
_ROOM = (_count("room") * _count("interval") - (_FULL_AT - _count("now_us"))) // _count("interval")
_TAKEN = case((_ROOM <= 0, 0), (_count("most") > _ROOM, _ROOM), else_=_count("most"))
TAKE = (
    update(gates)
    .where(_OF)
    .values(full_at=_FULL_AT + _TAKEN * _count("interval"), granted=_TAKEN)
    .returning(gates.c.granted)
)
GIVE_BACK = update(gates).where(_OF).values(full_at=gates.c.full_at - _count("cost"))

LOCK = text("SELECT pg_advisory_xact_lock(CAST(:lock AS BIGINT))")  # nobody can lock the absence of a row
USES = (
    select(quota_uses.c.message_id, quota_uses.c.used_at, quota_uses.c.amount)
    .where(
        and_(quota_uses.c.name == bindparam("of"), quota_uses.c.digest == bindparam("by")),
        quota_uses.c.used_at > _at("since"),
    )
    .order_by(quota_uses.c.used_at, quota_uses.c.id)
)
USE = insert(quota_uses)
UNUSE = delete(quota_uses).where(quota_uses.c.message_id == bindparam("of"))
FORGET = delete(quota_uses).where(quota_uses.c.name == bindparam("of"))
DROP_USES = delete(quota_uses).where(quota_uses.c.used_at < _at("before"))

_ADDRESS = suppressions.c.digest == bindparam("of")
SUPPRESSED = select(suppressions.c.since).where(_ADDRESS)
LIFT = delete(suppressions).where(_ADDRESS)
DROP_SUPPRESSED = delete(suppressions).where(suppressions.c.since < _at("before"))


@cache
def make_gate(dialect: str) -> Executable:
    """The gate of a channel, open and with a full bucket, unless it is there."""
    make = sqlite.insert if dialect == SQLITE else postgresql.insert
    return make(gates).values(full_at=0, granted=0).on_conflict_do_nothing(index_elements=["channel"])


@cache
def suppress(dialect: str) -> Executable:
    """An address to which nobody writes any more, unless it is known."""
    make = sqlite.insert if dialect == SQLITE else postgresql.insert
    return make(suppressions).on_conflict_do_nothing(index_elements=["digest"])
