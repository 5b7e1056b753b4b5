"""Freezing: somebody says that it was not them, and nothing moves until the service desk has looked (F59).

The link for it comes with every security mail; who still sees the page of the activation link can say so there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from workflow import access, pending_keys
from workflow.access import Door
from workflow.advance import Move, advance
from workflow.calendar import after_days
from workflow.lifecycles.activation import Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.model import Case, Reason
from workflow.outbox import MessageKind
from workflow.ports_entry import Link, LinkPurpose

M, T = MessageKind, Trigger
NOT_ME_DAYS = 30  # a security mail may be read late


def new_link(door: Door, case: Case) -> tuple[str, datetime]:
    """A token that freezes this case, kept as a digest; and the first instant at which it no longer does."""
    token = door.tools.chance.token()
    digest = door.tools.secrets.token_digest(token, purpose=LinkPurpose.NOT_ME)
    door.uow.links.add(Link(digest, case.id, LinkPurpose.NOT_ME, door.now))
    return token, ends(door.now)


def with_notice(door: Door, case: Case, move: Move, *, words: Mapping[str, str]) -> Move:
    """A move with the notice of it to the owner, whose link freezes."""
    token, until = new_link(door, case)
    told = {**words, "changed_on": door.today.isoformat()}
    return replace(move, params={M.M11: told}, secrets={M.M11: token}, send_before={M.M11: until})


def link_works(link: Link, *, now: datetime) -> bool:
    """Whether the link of a security mail is still believed."""
    return link.purpose is LinkPurpose.NOT_ME and now < ends(link.issued_at)


def ends(issued_at: datetime) -> datetime:
    """First instant at which the link of a security mail no longer works: after its last day in Brussels, which the mail prints."""
    return after_days(issued_at, NOT_ME_DAYS)


def freeze(door: Door, ref: str) -> Case:
    """Let nothing move any more, end every session, and give the service desk a task. Raises: GuardRefused when it is frozen."""
    case, detail = access.activation(door, ref)
    facts = Facts(frozen=detail.frozen_at is not None)
    move = Move(
        trigger=T.FREEZE, actor=door.actor, now=door.now, language=detail.language, detail={"frozen_at": door.now},
        params={M.M10: {"problem": "not_me"}, M.M11: _notice(door, "frozen")},
    )  # fmt: skip
    case = advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    door.uow.sessions.drop_of(case.id)
    pending_keys.forget(door.uow, case.id)
    return case


def unfreeze(door: Door, ref: str, reason: Reason) -> Case:
    """Let it go on: the service desk has looked. Raises: GuardRefused."""
    case, detail = access.activation(door, ref)
    facts = Facts(frozen=detail.frozen_at is not None, reason_given=True)
    move = Move(
        trigger=T.UNFREEZE, actor=door.actor, now=door.now, reason=reason, language=detail.language,
        detail={"frozen_at": None}, params={M.M11: _notice(door, "unfrozen")},
    )  # fmt: skip
    return advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def _notice(door: Door, change: str) -> dict[str, str]:
    return {"change": change, "changed_on": door.today.isoformat()}
