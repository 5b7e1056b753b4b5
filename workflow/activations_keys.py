"""Digital keys: choose, confirm, add, remove, and resuming an unfinished set-up (B2-11 to B2-13, D5).

Misses of one-time codes are counted apart and never touch the three tries of the activation code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hmac import compare_digest

from workflow import access, accounts, issuing
from workflow.access import Door
from workflow.advance import Move, advance
from workflow.calendar import after_days, after_years, last_day
from workflow.codes import OTP, RESUME, new_otp
from workflow.lifecycles.activation import KEY_VALID_YEARS, Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.model import Activation, Case, DigitalKey, KeyKind, KeyState
from workflow.outbox import MessageKind
from workflow.ports import Value
from workflow.wording import last_call

M, T = MessageKind, Trigger
OTP_MINUTES = 10  # trust: six digits, ten minutes, three tries
OTP_TRIES = 3
LOCK_MINUTES = 15  # after three misses in a row
RESUME_HOURS = 24
ISSUER_NAME = "Bisdesk"
Loaded = tuple[Case, Activation]


@dataclass(frozen=True, slots=True)
class KeyChosen:
    """A key waits to be confirmed; the app key comes with its otpauth URI, the same until confirmed."""

    case: Case
    kind: KeyKind
    uri: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OtpMissed:
    """A one-time code did not match; `locked_until` once there were too many in a row."""

    case: Case
    tries_left: int
    locked_until: datetime | None = None


def choose_key(door: Door, ref: str, kind: KeyKind, *, username: str | None, password: str | None) -> KeyChosen:
    """Choose the first key; user name and password are asked the first time only (B2-11).

    Raises: InvalidSubmission, GuardRefused.
    """
    case, detail = access.activation(door, ref)
    facts = Facts(account_ok=True, has_mobile=_has_mobile(door, case), key_kind=kind)
    activation.fire(case.state, T.CHOOSE_KEY, roles=door.actor.roles, facts=facts)
    patch: dict[str, Value] = {}
    if not detail.account_named:
        accounts.judge(door.uow, case.id, username=username, password=password)
        _name_account(door, case, username or "", password or "")
        patch["account_named"] = True
    return _prepare(door, (case, detail), T.CHOOSE_KEY, kind, facts=facts, patch=patch)


def add_key(door: Door, ref: str, kind: KeyKind, *, proof: str) -> KeyChosen:
    """Prepare another key, signed in with one that works (B2-13). Raises: GuardRefused."""
    case, detail = access.activation(door, ref)
    facts = Facts(signed_in=_proves(door, case, proof), has_mobile=_has_mobile(door, case), key_kind=kind)
    return _prepare(door, (case, detail), T.ADD_KEY, kind, facts=facts, patch={})


def confirm_key(door: Door, ref: str, otp: str) -> Case | OtpMissed:
    """Confirm the key that waits with its one-time code (B2-12, B2-13); a miss is stored, not raised."""
    case, detail = access.activation(door, ref)
    activation.fire(case.state, T.CONFIRM_KEY, roles=door.actor.roles, facts=Facts(otp_ok=True))
    if detail.otp_locked_until and door.now < detail.otp_locked_until:
        return OtpMissed(case, 0, detail.otp_locked_until)
    key = _waiting(door, case)
    if key is None or not _matches(door, detail, key, otp):
        return _missed(door, (case, detail))
    return _activate(door, (case, detail), key)


def remove_key(door: Door, ref: str, kind: KeyKind, *, proof: str) -> Case:
    """Remove a key, signed in with one that works; the last one stays (B2-13). Raises: GuardRefused."""
    case, detail = access.activation(door, ref)
    active = _active(door, case)
    gone = [key for key in active if key.kind is kind]
    kept = [key for key in active if key.kind is not kind]
    facts = Facts(signed_in=_proves(door, case, proof), last_key=not kept or not gone)
    for key in gone:
        door.uow.keys.put(replace(key, state=KeyState.REMOVED, secret=None))
    return _keys_changed(door, (case, detail), T.REMOVE_KEY, kept, facts=facts, changed=("removed", kind), patch={})


def ask_resume(door: Door, ref: str) -> Case:
    """Send what an applicant needs to go on with an unfinished set-up: a link by mail, a code by SMS (B2-11b)."""
    case, detail = access.activation(door, ref)
    token, otp = door.tools.chance.token(), new_otp(door.tools.chance)
    until = door.now + timedelta(hours=RESUME_HOURS)
    patch: dict[str, Value] = {
        "resume_digest": door.tools.secrets.token_digest(token, purpose=RESUME), "resume_until": until,
        **_otp_patch(door, case, otp),
    }  # fmt: skip
    finish = last_day(after_days(detail.activated_at or door.now, door.tools.policy.setup_idle_days)).isoformat()
    params = {M.M13: {"finish_until": finish}, M.M15: {"purpose": "resume", "minutes": str(OTP_MINUTES)}}
    move = Move(
        trigger=T.ASK_RESUME, actor=door.actor, now=door.now, detail=patch, params=params, language=detail.language,
        secrets={M.M13: token, M.M15: otp}, send_before={M.M13: until, M.M15: last_call(_otp_ends(door), now=door.now)},
    )  # fmt: skip
    facts = Facts(has_mobile=_has_mobile(door, case))
    return advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def resume(door: Door, ref: str, *, token: str, otp: str) -> Case | OtpMissed:
    """Redeem the resume link with its code, once (B2-11b); a miss is stored, not raised."""
    case, detail = access.activation(door, ref)
    digest = door.tools.secrets.token_digest(token, purpose=RESUME)
    fresh = detail.resume_until is not None and door.now < detail.resume_until
    right = fresh and compare_digest(digest, detail.resume_digest or b"") and _otp_fits(door, detail, otp)
    if not right:
        return _missed(door, (case, detail))
    patch: dict[str, Value] = {"resume_digest": None, "resume_until": None, "otp_digest": None, "otp_tries": 0}
    move = Move(trigger=T.RESUME, actor=door.actor, now=door.now, detail=patch)
    return advance(door.uow, case, move, lifecycle=activation, facts=Facts(resume_ok=True), tools=door.tools)


def _prepare(
    door: Door, loaded: Loaded, trigger: Trigger, kind: KeyKind, *, facts: Facts, patch: Mapping[str, Value]
) -> KeyChosen:  # fmt: skip
    """Owe the one-time code of an SMS key; make, or show again, the secret of an app key."""
    case, detail = loaded
    key = _pending_key(door, case, kind)
    otp = new_otp(door.tools.chance)
    sms: dict[str, Value] = _otp_patch(door, case, otp) if kind is KeyKind.SMS else {}
    move = Move(
        trigger=trigger, actor=door.actor, now=door.now, language=detail.language, detail={**patch, **sms}, secrets={M.M15: otp},
        params={M.M15: {"purpose": "key", "minutes": str(OTP_MINUTES)}},
        send_before={M.M15: last_call(_otp_ends(door), now=door.now)},
    )  # fmt: skip
    case = advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    for other in _pending(door, case):
        if other.id != key.id:
            door.uow.keys.put(replace(other, state=KeyState.REMOVED, secret=None))
    door.uow.keys.put(key)
    uri = door.tools.otp.uri(key.secret, account=case.ref, issuer=ISSUER_NAME) if key.secret else None
    return KeyChosen(case, kind, uri)


def _activate(door: Door, loaded: Loaded, key: DigitalKey) -> Case:
    kept = [other for other in _active(door, loaded[0]) if other.kind is not key.kind]
    confirmed = replace(
        _as_stored(door, key),
        state=KeyState.ACTIVE, confirmed_at=door.now, expires_at=after_years(door.now, KEY_VALID_YEARS),
    )  # fmt: skip
    for old in _active(door, loaded[0]):
        if old.kind is key.kind:
            door.uow.keys.put(replace(old, state=KeyState.REMOVED, secret=None))
    door.uow.keys.put(confirmed)
    patch: dict[str, Value] = {"otp_tries": 0, "otp_digest": None, "otp_locked_until": None}
    return _keys_changed(
        door, loaded, T.CONFIRM_KEY, [*kept, confirmed], facts=Facts(otp_ok=True), changed=("added", key.kind), patch=patch
    )  # fmt: skip


def _keys_changed(
    door: Door, loaded: Loaded, trigger: Trigger, left: list[DigitalKey], *, facts: Facts, changed: tuple[str, KeyKind],
    patch: Mapping[str, Value],
) -> Case:  # fmt: skip
    """Move, with the timers of the key that now expires last and the notice of what changed."""
    case, detail = loaded
    last = max((key for key in left if key.expires_at), key=lambda key: key.expires_at or door.now, default=None)
    ends = (last.expires_at if last else None) or door.now
    reminder = ends - timedelta(days=door.tools.policy.key_reminder_days)
    words = {"change": changed[0], "key_kind": str(changed[1]), "changed_on": door.today.isoformat()}
    move = Move(
        trigger=trigger, actor=door.actor, now=door.now, language=detail.language, params={M.M11: words},
        detail={**patch, "keys_expire_at": ends, "last_key": str(last.kind) if last else None},
        dues={"key_reminder_at": reminder, "keys_expire_at": ends},
    )  # fmt: skip
    return advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def _missed(door: Door, loaded: Loaded) -> OtpMissed:
    case, detail = loaded
    tries = detail.otp_tries + 1
    locked = door.now + timedelta(minutes=LOCK_MINUTES) if tries >= OTP_TRIES else None
    patch: dict[str, Value] = {"otp_tries": 0 if locked else tries, "otp_locked_until": locked}
    if locked:
        patch["otp_digest"] = None
    move = Move(trigger=T.MISS_OTP, actor=door.actor, now=door.now, detail=patch)
    case = advance(door.uow, case, move, lifecycle=activation, facts=Facts(), tools=door.tools)
    return OtpMissed(case, max(0, OTP_TRIES - tries), locked)


def _matches(door: Door, detail: Activation, key: DigitalKey, otp: str) -> bool:
    """Whether the code fits the key that waits; a time step counts once (D5)."""
    if key.kind is KeyKind.SMS:
        return _otp_fits(door, detail, otp)
    step = door.tools.otp.step_of(key.secret or "", otp, now=door.now)
    return step is not None and door.uow.keys.use_step(key.id, step=step)


def _otp_fits(door: Door, detail: Activation, otp: str) -> bool:
    alive = detail.otp_expires_at is not None and door.now < detail.otp_expires_at
    digest = door.tools.secrets.token_digest(f"{detail.case_id}:{otp.strip()}", purpose=OTP)
    return alive and detail.otp_digest is not None and compare_digest(digest, detail.otp_digest)


def _otp_ends(door: Door) -> datetime:
    return door.now + timedelta(minutes=OTP_MINUTES)


def _otp_patch(door: Door, case: Case, otp: str) -> dict[str, Value]:
    return {
        "otp_digest": door.tools.secrets.token_digest(f"{case.id}:{otp}", purpose=OTP),
        "otp_expires_at": _otp_ends(door),
    }


def _proves(door: Door, case: Case, proof: str) -> bool:
    """Whether a one-time code of an active app key signs its holder in."""
    for key in _active(door, case):
        step = door.tools.otp.step_of(key.secret, proof, now=door.now) if key.secret else None
        if step is not None and door.uow.keys.use_step(key.id, step=step):
            return True
    return False


def _pending_key(door: Door, case: Case, kind: KeyKind) -> DigitalKey:
    """The key that waits, the same secret after a mistake (A19), or a fresh one."""
    waiting = next((key for key in _pending(door, case) if key.kind is kind), None)
    if waiting is not None:
        return waiting
    secret = door.tools.otp.new_secret(door.tools.chance) if kind is KeyKind.TOTP else None
    return DigitalKey(door.tools.chance.uuid(door.now), case.id, kind, KeyState.PENDING, door.now, secret=secret)


def _pending(door: Door, case: Case) -> list[DigitalKey]:
    return [key for key in door.uow.keys.of(case.id) if key.state is KeyState.PENDING]


def _waiting(door: Door, case: Case) -> DigitalKey | None:
    return next(iter(_pending(door, case)), None)


def _active(door: Door, case: Case) -> list[DigitalKey]:
    """Keys that work now: confirmed, not removed, younger than ten years."""
    keys = door.uow.keys.of(case.id)
    return [
        key for key in keys if key.state is KeyState.ACTIVE and (key.expires_at is None or door.now < key.expires_at)
    ]


def _name_account(door: Door, case: Case, username: str, password: str) -> None:
    digest = door.tools.secrets.hash_password(accounts.normalised(password))
    issuing.keep_holder(door.uow, case.id, username=username, password_hash=digest)
    door.uow.people.index(case.id, "username", (accounts.name_key(username),))


def _has_mobile(door: Door, case: Case) -> bool:
    holder = issuing.holder_of(door.uow, case.id)
    return holder is not None and bool(holder.mobile)


def _as_stored(door: Door, key: DigitalKey) -> DigitalKey:
    """The key with the time step that its confirmation has just used."""
    return next(other for other in door.uow.keys.of(key.case_id) if other.id == key.id)
