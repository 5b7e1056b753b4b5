"""Signing in: user name and password, then a key that works; known and unknown names are answered alike (trust 2.3, 6 and 17).

Tries are counted before the slow comparison, whether the name exists or not, so that neither crowd nor crash gains one. They are
counted where they come from, so that a stranger who knows a name uses up nobody's tries but those of their own neighbourhood.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from workflow import access, accounts, activations_keys, issuing, one_time, sessions
from workflow.access import Door
from workflow.advance import Move, advance
from workflow.lifecycles.activation import State, Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.limits import Quota
from workflow.model import Activation, Case, KeyKind
from workflow.one_time import OtpMalformed, OtpMissed, Purpose
from workflow.outbox import MessageKind
from workflow.ports_entry import Session, Stage
from workflow.sessions import Opened
from workflow.timers import as_of

M, T = MessageKind, Trigger
TRIES, WINDOW = 5, timedelta(minutes=15)
TRIES_A_DAY, DAY = 30, timedelta(days=1)
# So many wrong tries of one name in a day, from wherever: somebody guesses from many places. Then strangers to the name are
# slowed down, each neighbourhood for itself. A lock for all of them would be a switch that anybody could turn (OWASP).
SIEGE = 100
TRIES_IN_SIEGE, TRIES_A_DAY_IN_SIEGE = 1, 3


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Name and password do not belong together, or the account cannot be used; `until` after too many tries."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from: a neighbourhood of the internet, and the device, if this very name signed in on it before."""

    neighbourhood: str = field(repr=False)
    device: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Account:
    case_id: UUID
    password_hash: str = field(repr=False)


def give_password(door: Door, username: str, password: str, *, origin: Origin) -> Opened | SignInRefused:
    """Judge user name and password; commits by itself, and takes as long whether the name exists or not."""
    key = accounts.name_key(username)
    this_try = door.tools.chance.uuid(door.now)
    door.uow.quotas.hold("sign_in", key)
    full = door.uow.quotas.take(this_try, _quotas(door, key, origin), now=door.now)
    if full is not None:
        return SignInRefused(full.frees_at or door.now + WINDOW)
    account = _account(door, key)
    door.uow.commit()
    if not _is_right(door, account, accounts.normalised(password)) or account is None:
        return SignInRefused()
    door.uow.quotas.give_back(this_try)
    opened = sessions.open_for(door.uow, account.case_id, Stage.PASSWORD_GIVEN, now=door.now, tools=door.tools)
    door.uow.commit()
    return opened


def kinds_of(door: Door, case: Case) -> tuple[KeyKind, ...]:
    """The kinds of key with which one can sign in, the app first."""
    own = {key.kind for key in activations_keys.active(door, case)}
    return tuple(kind for kind in KeyKind if kind in own)


def ask_code(door: Door, ref: str, session: Session | None) -> Case:
    """Send the code of a key by SMS to whoever has given user name and password. Raises: GuardRefused."""
    case, detail = access.activation(door, ref)
    otp, kept = one_time.made(door, detail, Purpose.SIGN_IN)
    move = Move(
        trigger=T.ASK_SIGN_IN_CODE, actor=door.actor, now=door.now, language=detail.language, detail=kept,
        params={M.M15: one_time.words(Purpose.SIGN_IN)}, secrets={M.M15: otp},
        send_before={M.M15: one_time.may_leave_until(door)},
    )  # fmt: skip
    facts = Facts(
        has_sms_key=KeyKind.SMS in kinds_of(door, case), frozen=detail.frozen_at is not None,
        sms_paused=one_time.is_withheld(door, detail), password_given=_has_given_password(case, session),
    )  # fmt: skip
    return advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def give_key(door: Door, ref: str, session: Session, *, kind: KeyKind, otp: str) -> Opened | OtpMissed | OtpMalformed:
    """The second step: the six digits of a key that works; a miss is stored, not raised. Raises: GuardRefused."""
    case, detail = access.activation(door, ref)
    facts = Facts(otp_ok=True, password_given=_has_given_password(case, session), frozen=detail.frozen_at is not None)
    activation.fire(case.state, T.SIGN_IN, roles=door.actor.roles, facts=facts)
    key = next((key for key in activations_keys.active(door, case) if key.kind is kind), None)
    fits = partial(activations_keys.fits_key, door, detail, key, otp=otp, purpose=Purpose.SIGN_IN)
    if refused := one_time.refused(door, (case, detail), otp, right=fits):
        return refused
    patch = one_time.spent() if kind is KeyKind.SMS else {"otp_tries": 0, "otp_locked_until": None}
    move = Move(trigger=T.SIGN_IN, actor=door.actor, now=door.now, detail=patch)
    case = advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    door.uow.sessions.drop(session.digest)
    return sessions.open_for(door.uow, case.id, Stage.SIGNED_IN, now=door.now, tools=door.tools)


def _has_given_password(case: Case, session: Session | None) -> bool:
    return session is not None and session.stage is Stage.PASSWORD_GIVEN and session.case_id == case.id


def _quotas(door: Door, key: str, origin: Origin) -> tuple[Quota, ...]:
    """What one try counts under. A known device has an allowance of its own, which no stranger can use up or slow down."""
    if origin.device is not None:
        return _allowance(f"{key} device {origin.device}", TRIES, TRIES_A_DAY, now=door.now)
    subject = f"{key} from {origin.neighbourhood}"
    anywhere = Quota("sign_in_name", key, SIEGE, door.now - DAY)
    if door.uow.quotas.used(anywhere) >= SIEGE:
        return _allowance(subject, TRIES_IN_SIEGE, TRIES_A_DAY_IN_SIEGE, now=door.now)
    return (*_allowance(subject, TRIES, TRIES_A_DAY, now=door.now), anywhere)


def _allowance(subject: str, tries: int, a_day: int, *, now: datetime) -> tuple[Quota, ...]:
    return Quota("sign_in", subject, tries, now - WINDOW), Quota("sign_in_day", subject, a_day, now - DAY)


def _account(door: Door, key: str) -> _Account | None:
    """The account of a name that can sign in now."""
    for case_id in door.uow.people.find("username", (key,)):
        stored, kept = door.uow.cases.activation(case_id, now=door.now)
        case, detail = as_of(stored, kept, now=door.now, tools=door.tools)
        holder = issuing.holder_of(door.uow, case_id)
        frozen = isinstance(detail, Activation) and detail.frozen_at is not None
        if case.state == State.ACTIVE and not frozen and holder and holder.password_hash:
            return _Account(case_id, holder.password_hash)
    return None


def _is_right(door: Door, account: _Account | None, password: str) -> bool:
    """Whether the password fits; an unknown name costs the same slow work as a known one."""
    if account is None:
        door.tools.secrets.hash_password(password)
        return False
    return door.tools.secrets.password_matches(password, account.password_hash)
