"""One-time codes by SMS: made for one purpose, alive for ten minutes, three misses in a row and then a pause (D5, A20).

They are counted apart and never touch the three tries of the activation code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from math import ceil

from workflow import freezing
from workflow.access import Door
from workflow.advance import Move, advance
from workflow.codes import OTP, new_otp
from workflow.lifecycles.activation import Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.limits import Exceeded, Quota
from workflow.model import Activation, Case
from workflow.ports import Value
from workflow.wording import last_call

MINUTES = 10  # trust: six digits, ten minutes, three tries
TRIES = 3
LOCK_MINUTES = 15  # after three misses in a row
DAY = timedelta(days=1)
MISSES_A_DAY = 20  # in any 24 hours, whatever the pauses between them: then until the first of them is a day old
PAUSE_S = 60  # before another one may be asked for, whatever it is for: one mobile gets them all


class Purpose(StrEnum):
    """What a code is good for, and for nothing else; M15 says it."""

    KEY = "key"
    RESUME = "resume"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class OtpMissed:
    """A one-time code did not match; `locked_until` once there were too many in a row."""

    case: Case
    tries_left: int
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OtpMalformed:
    """What was typed is not six digits; nothing was counted."""

    case: Case


def is_well_formed(typed: str) -> bool:
    """Whether it is six digits, spaces between them or not."""
    bare = "".join(typed.split())
    return len(bare) == 6 and bare.isascii() and bare.isdigit()


def made(door: Door, detail: Activation, purpose: Purpose) -> tuple[str, dict[str, Value]]:
    """A fresh code, and what the activation keeps of it; an older one for the same purpose works on in its own time."""
    otp = new_otp(door.tools.chance)
    return otp, {
        "otp_digest": _digest(door, detail, purpose, otp),
        "otp_expires_at": ends(door),
        "otp_purpose": str(purpose),
        "otp_sent_at": door.now,
        "otp_previous_digest": detail.otp_digest,
        "otp_previous_until": detail.otp_expires_at,
    }


def ends(door: Door) -> datetime:
    """First instant at which a code made now no longer works."""
    return door.now + timedelta(minutes=MINUTES)


def may_leave_until(door: Door) -> datetime:
    """The last moment at which its SMS may be sent."""
    return last_call(ends(door), now=door.now)


def words(purpose: Purpose) -> dict[str, str]:
    """What M15 prints."""
    return {"purpose": str(purpose), "minutes": str(MINUTES)}


def is_paused(detail: Activation, *, now: datetime) -> bool:
    """Whether one was sent less than a minute ago, for whatever purpose."""
    return pause_left(detail, now=now) > timedelta()


def is_withheld(door: Door, detail: Activation) -> bool:
    """Whether none is sent now: one left a moment ago, or after too many misses none could be used (trust 2.3, 17)."""
    return is_locked(door, detail) or is_paused(detail, now=door.now)


def pause_left(detail: Activation, *, now: datetime) -> timedelta:
    """How long until another one may be asked for."""
    if detail.otp_sent_at is None:
        return timedelta()
    return max(timedelta(), detail.otp_sent_at + timedelta(seconds=PAUSE_S) - now)


def seconds_left(detail: Activation, *, now: datetime) -> int:
    """Whole seconds until another one may be asked for, as a page tells it."""
    return ceil(pause_left(detail, now=now).total_seconds())


def is_locked(door: Door, detail: Activation) -> bool:
    """Whether there were too many misses in a row."""
    return detail.otp_locked_until is not None and door.now < detail.otp_locked_until


def refused(
    door: Door, loaded: tuple[Case, Activation], typed: str, *, right: Callable[[], bool]
) -> OtpMissed | OtpMalformed | None:
    """Judge six digits, of an SMS or an app: malformed costs nothing, while locked nothing is compared, a miss is counted."""
    case, detail = loaded
    if not is_well_formed(typed):
        return OtpMalformed(case)
    if is_locked(door, detail):
        return OtpMissed(case, 0, detail.otp_locked_until)
    return None if right() else missed(door, loaded)


def fits(door: Door, detail: Activation, purpose: Purpose, *, typed: str) -> bool:
    """Whether what was typed is the newest code of this purpose, or an older one that is still alive."""
    digest = _digest(door, detail, purpose, "".join(typed.split()))
    newest = _matches(digest, detail.otp_digest, until=detail.otp_expires_at, now=door.now)
    older = _matches(digest, detail.otp_previous_digest, until=detail.otp_previous_until, now=door.now)
    return newest or older


def spent() -> dict[str, Value]:
    """What a right code leaves behind: nothing to guess at."""
    return {
        "otp_digest": None, "otp_previous_digest": None, "otp_purpose": None, "otp_sent_at": None, "otp_tries": 0,
        "otp_locked_until": None,
    }  # fmt: skip


def missed(door: Door, loaded: tuple[Case, Activation]) -> OtpMissed:
    """Count a miss; the third in a row locks for a while and ends the codes that are out, one too many in a day tells the owner."""
    case, detail = loaded
    tries = detail.otp_tries + 1
    full = _one_more(door, case, "otp_miss", most=MISSES_A_DAY)
    locked = door.now + timedelta(minutes=LOCK_MINUTES) if tries >= TRIES else None
    if full is not None:
        locked = full.frees_at or door.now + DAY
    patch: dict[str, Value] = {"otp_tries": 0 if locked else tries, "otp_locked_until": locked}
    if locked:
        patch |= {"otp_digest": None, "otp_previous_digest": None}
    tells = full is not None and _one_more(door, case, "otp_notice", most=1) is None
    move = Move(
        trigger=Trigger.MISS_OTP, actor=door.actor, now=door.now, detail=patch, language=detail.language
    )  # fmt: skip
    if tells:
        move = freezing.with_notice(door, case, move, words={"change": "guessed"})
    facts = Facts(misses_end_the_day=tells)
    case = advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    return OtpMissed(case, 0 if locked else TRIES - tries, locked)


def _one_more(door: Door, case: Case, name: str, *, most: int) -> Exceeded | None:
    """Count one more of the case in any 24 hours; which limit has no place."""
    a_day = Quota(name, str(case.id), most, door.now - DAY)
    return door.uow.quotas.take(door.tools.chance.uuid(door.now), (a_day,), now=door.now)


def _digest(door: Door, detail: Activation, purpose: Purpose, otp: str) -> bytes:
    return door.tools.secrets.token_digest(f"{detail.case_id}:{purpose}:{otp}", purpose=OTP)


def _matches(digest: bytes, kept: bytes | None, *, until: datetime | None, now: datetime) -> bool:
    alive = until is not None and now < until
    return alive and kept is not None and compare_digest(digest, kept)
