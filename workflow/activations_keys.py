"""Digital keys: name the account, choose, confirm, add and remove a key (B2-11 to B2-13, D5).

Misses of one-time codes are counted apart and never touch the three tries of the activation code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from workflow import access, accounts, freezing, issuing, one_time, pending_keys
from workflow.access import Door
from workflow.advance import Move, advance
from workflow.calendar import after_years
from workflow.errors import ConcurrentChange, FieldError, InvalidSubmission
from workflow.lifecycles.activation import KEY_VALID_YEARS, Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.model import Activation, Case, DigitalKey, KeyKind, KeyState
from workflow.one_time import OtpMalformed, OtpMissed, Purpose
from workflow.outbox import MessageKind
from workflow.ports import Value
from workflow.ports_entry import Session, Stage

M, T = MessageKind, Trigger
ISSUER_NAME = "Bisdesk"
Loaded = tuple[Case, Activation]
Proof = str | Session  # a one-time code of a key that works, or a browser that is signed in with one


@dataclass(frozen=True, slots=True)
class KeyChosen:
    """A key waits to be confirmed; the app key comes with its otpauth URI, the same until confirmed."""

    case: Case
    kind: KeyKind
    uri: str | None = field(default=None, repr=False)


def name_account(door: Door, ref: str, *, username: str | None, password: str | None) -> Case:
    """Name the account of the profile; naming it again changes it until a key is active (B2-11).

    Raises: InvalidSubmission with every breach, GuardRefused.
    """
    case, detail = access.activation(door, ref)
    facts = Facts(account_ok=True, frozen=detail.frozen_at is not None)
    activation.fire(case.state, T.NAME_ACCOUNT, roles=door.actor.roles, facts=facts)
    digest = _judged(door, case, username=username, password=password)
    case, detail = access.activation(door, ref)
    facts = Facts(account_ok=True, frozen=detail.frozen_at is not None)
    move = Move(trigger=T.NAME_ACCOUNT, actor=door.actor, now=door.now, detail={"account_named": True})
    case = advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    _name(door, case, username or "", digest)
    return case


def choose_key(
    door: Door, ref: str, kind: KeyKind, *, username: str | None = None, password: str | None = None
) -> KeyChosen:  # fmt: skip
    """Choose the first key; user name and password are asked the first time only (B2-11).

    Raises: InvalidSubmission, GuardRefused.
    """
    case, detail = access.activation(door, ref)
    facts = replace(_facts(door, (case, detail), kind), account_ok=True)
    activation.fire(case.state, T.CHOOSE_KEY, roles=door.actor.roles, facts=facts)
    patch: dict[str, Value] = {}
    if not detail.account_named:
        digest = _judged(door, case, username=username, password=password)
        case, detail = access.activation(door, ref)
        facts = replace(_facts(door, (case, detail), kind), account_ok=True)
        _name(door, case, username or "", digest)
        patch["account_named"] = True
    return _prepare(door, (case, detail), T.CHOOSE_KEY, kind, facts=facts, patch=patch)


def add_key(door: Door, ref: str, kind: KeyKind, *, proof: Proof) -> KeyChosen:
    """Prepare another key, signed in with one that works (B2-13). Raises: GuardRefused."""
    case, detail = access.activation(door, ref)
    facts = replace(_facts(door, (case, detail), kind), signed_in=proves(door, (case, detail), proof))
    return _prepare(door, (case, detail), T.ADD_KEY, kind, facts=facts, patch={})


def waiting(door: Door, case: Case) -> KeyChosen | None:
    """The key that waits to be confirmed, as its page shows it again (A19)."""
    key = _waiting(door, case)
    return None if key is None else KeyChosen(case, key.kind, _uri(door, case, key))


def confirm_key(door: Door, ref: str, otp: str, *, proof: Proof | None = None) -> Case | OtpMissed | OtpMalformed:
    """Confirm the key that waits with its one-time code, beside a key that works with a proof of that (B2-12, B2-13).

    A miss is stored, not raised. Raises: GuardRefused.
    """
    case, detail = access.activation(door, ref)
    signed_in = proof is not None and proves(door, (case, detail), proof)
    facts = Facts(otp_ok=True, frozen=detail.frozen_at is not None, signed_in=signed_in)
    activation.fire(case.state, T.CONFIRM_KEY, roles=door.actor.roles, facts=facts)
    key = _waiting(door, case)
    fits = partial(fits_key, door, detail, key, otp=otp, purpose=Purpose.KEY)
    if refused := one_time.refused(door, (case, detail), otp, right=fits):
        return refused
    assert key is not None
    return _activate(door, (case, detail), key, facts=facts)


def remove_key(door: Door, ref: str, kind: KeyKind, *, proof: Proof) -> Case:
    """Remove a key, signed in with one that works; the last one stays (B2-13). Raises: GuardRefused."""
    case, detail = access.activation(door, ref)
    keys = active(door, case)
    gone = [key for key in keys if key.kind is kind]
    kept = [key for key in keys if key.kind is not kind]
    signed_in = proves(door, (case, detail), proof)
    facts = Facts(signed_in=signed_in, last_key=not kept or not gone, frozen=detail.frozen_at is not None)
    for key in gone:
        door.uow.keys.put(replace(key, state=KeyState.REMOVED, secret=None))
    _end_others(door, case, proof)
    return _keys_changed(door, (case, detail), T.REMOVE_KEY, kept, facts=facts, changed=("removed", kind), patch={})


def active(door: Door, case: Case) -> list[DigitalKey]:
    """Keys that work now: confirmed, not removed, younger than ten years."""
    keys = door.uow.keys.of(case.id)
    return [
        key for key in keys if key.state is KeyState.ACTIVE and (key.expires_at is None or door.now < key.expires_at)
    ]


def proves(door: Door, loaded: Loaded, proof: Proof) -> bool:
    """Whether this proves that its holder has a key that works; a time step of an app counts once (D5)."""
    case, detail = loaded
    if isinstance(proof, Session):
        return proof.stage is Stage.SIGNED_IN and proof.case_id == case.id
    return any(fits_key(door, detail, key, otp=proof, purpose=Purpose.SIGN_IN) for key in active(door, case))


def fits_key(door: Door, detail: Activation, key: DigitalKey | None, *, otp: str, purpose: Purpose) -> bool:
    """Whether this is the code that the key shows now, a step counting once (D5), or was sent for this purpose."""
    if key is None:
        return False
    if key.kind is KeyKind.SMS:
        return one_time.fits(door, detail, purpose, typed=otp)
    step = door.tools.otp.step_of(key.secret, otp, now=door.now) if key.secret else None
    return step is not None and door.uow.keys.use_step(key.id, step=step)


def has_mobile(door: Door, case: Case) -> bool:
    """Whether the person has a mobile number for a key by SMS."""
    holder = issuing.holder_of(door.uow, case.id)
    return holder is not None and bool(holder.mobile)


def _facts(door: Door, loaded: Loaded, kind: KeyKind) -> Facts:
    case, detail = loaded
    paused = kind is KeyKind.SMS and one_time.is_withheld(door, detail)
    frozen = detail.frozen_at is not None
    return Facts(key_kind=kind, has_mobile=has_mobile(door, case), sms_paused=paused, frozen=frozen)


def _prepare(
    door: Door, loaded: Loaded, trigger: Trigger, kind: KeyKind, *, facts: Facts, patch: Mapping[str, Value]
) -> KeyChosen:  # fmt: skip
    """Owe the one-time code of an SMS key; make, or show again, the secret of an app key."""
    case, detail = loaded
    key = _pending_key(door, case, kind)
    otp, kept = one_time.made(door, detail, Purpose.KEY)
    sms = kept if kind is KeyKind.SMS else {}
    move = Move(
        trigger=trigger, actor=door.actor, now=door.now, language=detail.language, detail={**patch, **sms}, secrets={M.M15: otp},
        params={M.M15: one_time.words(Purpose.KEY)}, send_before={M.M15: one_time.may_leave_until(door)},
    )  # fmt: skip
    case = advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    pending_keys.forget(door.uow, case.id, but=key.id)
    door.uow.keys.put(key)
    return KeyChosen(case, kind, _uri(door, case, key))


def _end_others(door: Door, case: Case, proof: Proof) -> None:
    """Whoever else is in may have come with the key that goes (B4): every session ends but that of the one who acts."""
    door.uow.sessions.drop_of(case.id)
    if isinstance(proof, Session):
        door.uow.sessions.put(proof)


def _activate(door: Door, loaded: Loaded, key: DigitalKey, *, facts: Facts) -> Case:
    kept = [other for other in active(door, loaded[0]) if other.kind is not key.kind]
    confirmed = replace(
        _as_stored(door, key),
        state=KeyState.ACTIVE, confirmed_at=door.now, expires_at=after_years(door.now, KEY_VALID_YEARS),
    )  # fmt: skip
    for old in active(door, loaded[0]):
        if old.kind is key.kind:
            door.uow.keys.put(replace(old, state=KeyState.REMOVED, secret=None))
    door.uow.keys.put(confirmed)
    return _keys_changed(
        door, loaded, T.CONFIRM_KEY, [*kept, confirmed], facts=facts, changed=("added", key.kind),
        patch=one_time.spent(),
    )  # fmt: skip


def _keys_changed(
    door: Door, loaded: Loaded, trigger: Trigger, left: list[DigitalKey], *, facts: Facts, changed: tuple[str, KeyKind],
    patch: Mapping[str, Value],
) -> Case:  # fmt: skip
    """Move, with the timers of the key that now expires last and the notice of what changed, which can freeze it all."""
    case, detail = loaded
    last = max((key for key in left if key.expires_at), key=lambda key: key.expires_at or door.now, default=None)
    ends = (last.expires_at if last else None) or door.now
    reminder = ends - timedelta(days=door.tools.policy.key_reminder_days)
    move = Move(
        trigger=trigger, actor=door.actor, now=door.now, language=detail.language,
        detail={**patch, "keys_expire_at": ends, "last_key": str(last.kind) if last else None},
        dues={"key_reminder_at": reminder, "keys_expire_at": ends},
    )  # fmt: skip
    move = freezing.with_notice(door, case, move, words={"change": changed[0], "key_kind": str(changed[1])})
    return advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def _pending_key(door: Door, case: Case, kind: KeyKind) -> DigitalKey:
    """The key that waits, the same secret after a mistake (A19), or a fresh one."""
    known = pending_keys.kept(door.uow, case.id, kind, now=door.now)
    if known is not None:
        return known
    secret = door.tools.otp.new_secret(door.tools.chance) if kind is KeyKind.TOTP else None
    return DigitalKey(door.tools.chance.uuid(door.now), case.id, kind, KeyState.PENDING, door.now, secret=secret)


def _waiting(door: Door, case: Case) -> DigitalKey | None:
    return next(iter(pending_keys.pending(door.uow, case.id)), None)


def _uri(door: Door, case: Case, key: DigitalKey) -> str | None:
    return door.tools.otp.uri(key.secret, account=case.ref, issuer=ISSUER_NAME) if key.secret else None


def _judged(door: Door, case: Case, *, username: str | None, password: str | None) -> str:
    """The hash of a password that follows the rules. Raises: InvalidSubmission with every breach.

    Judging and hashing take their time, so the transaction is left before: nothing is written in it yet.
    """
    wrong = accounts.name_faults(door.uow, case.id, username)
    holder = issuing.holder_of(door.uow, case.id)
    door.uow.rollback()
    wrong += accounts.password_faults(password, username or "", holder=holder, secrets=door.tools.secrets)
    if wrong:
        raise InvalidSubmission(tuple(wrong))
    return door.tools.secrets.hash_password(accounts.normalised(password or ""))


def _name(door: Door, case: Case, username: str, digest: str) -> None:
    """Keep name and password; somebody else may have taken the name a moment ago. Raises: InvalidSubmission."""
    issuing.keep_holder(door.uow, case.id, username=username, password_hash=digest)
    try:
        door.uow.people.index(case.id, "username", (accounts.name_key(username),))
    except ConcurrentChange:
        raise InvalidSubmission((FieldError("username", "taken", accounts.TAKEN),)) from None


def _as_stored(door: Door, key: DigitalKey) -> DigitalKey:
    """The key with the time step that its confirmation has just used."""
    return next(other for other in door.uow.keys.of(key.case_id) if other.id == key.id)
