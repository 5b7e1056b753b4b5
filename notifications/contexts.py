"""What each message may say: one frozen value per kind, built from the parameters of its row.

It knows nothing of language or layout; every day is the last one on which something holds, unless its name says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from notifications.reading import Reader
from notifications.vocabulary import (
    CANCEL_REASONS,
    END_REASONS,
    Again,
    DeskProblem,
    KeyChange,
    Origin,
    OtpPurpose,
    Outcome,
    Rule,
)  # fmt: skip
from workflow.calendar import brussels_date, last_day
from workflow.codes import ALPHABET, CODE_LENGTH, OTP_LENGTH, grouped
from workflow.lifecycles.activation import ACTIVATION_LIMIT_DAYS, LINK_VALID_DAYS, MAX_ATTEMPTS
from workflow.model import CodeChannel, KeyKind
from workflow.outbox import MessageKind, QueuedMessage

M = MessageKind
TOKEN_SHAPE = "[A-Za-z0-9_-]{20,200}"
CODE_SHAPE = f"[{ALPHABET}]{{{CODE_LENGTH}}}"
OTP_SHAPE = f"[0-9]{{{OTP_LENGTH}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptWords:
    """M0."""

    answer_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationWords:
    """M1, M2, M7 and M8: the days of the link and of the activation, and the three numbers of 3.36."""

    link_until: date
    block_on: date
    again: Again = Again.FIRST
    code_by: CodeChannel = CodeChannel.SMS
    attempts_left: int = MAX_ATTEMPTS
    token: str | None = field(default=None, repr=False)
    link_days: int = LINK_VALID_DAYS
    limit_days: int = ACTIVATION_LIMIT_DAYS
    tries: int = MAX_ATTEMPTS
    link_over: bool = False  # a reminder may come when the link has ended and the activation has not


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWords:
    """M3: the code grouped as 3.38 prints it, and bare for the line that a phone reads."""

    link_until: date
    block_on: date
    code: str = field(repr=False)
    bare_code: str = field(repr=False)
    tries: int = MAX_ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionWords:
    """M4: never the number itself (B1-22)."""

    origin: Origin
    number_shown: bool
    shown_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionWords:
    """M5; the fields and the reason lie with the person, not in the row."""

    answer_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndWords:
    """M6."""

    outcome: Outcome
    reason: str | None
    recreate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWords:
    """M9: the rule, and the day on which it blocked."""

    rule: Rule
    blocked_on: date
    limit_days: int = ACTIVATION_LIMIT_DAYS
    tries: int = MAX_ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWords:
    """M10."""

    problem: DeskProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChangeWords:
    """M11; the key where it is about one, and the link by which its reader can block them all, with its last day."""

    change: KeyChange
    changed_on: date
    key_kind: KeyKind | None = None
    token: str | None = field(default=None, repr=False)
    link_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelWords:
    """M12."""

    cancelled_on: date
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeWords:
    """M13; the link, when there is one, works until the row may no longer be sent."""

    finish_until: date
    code_by: CodeChannel = CodeChannel.SMS  # on paper nothing comes by SMS: the office checks the identity again
    token: str | None = field(default=None, repr=False)
    link_ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryWords:
    """M14."""

    key_kind: KeyKind
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OtpWords:
    """M15."""

    purpose: OtpPurpose
    minutes: int
    otp: str = field(repr=False)


Words = (
    ReceiptWords | ActivationWords | CodeWords | CompletionWords | CorrectionWords | EndWords | BlockWords
    | TaskWords | KeyChangeWords | CancelWords | ResumeWords | ExpiryWords | OtpWords
)  # fmt: skip


def words_of(message: QueuedMessage) -> Words:
    """What the message says. Raises: UnfitMessage for a missing, wrong or unknown parameter or secret."""
    read = Reader(message)
    build = _BUILD.get(message.kind)
    if build is None:
        raise read.unfit("kind_without_text")
    words = build(read)
    read.finish()
    return words


def _activation(read: Reader, *, token: str | None = None, attempts_left: int = MAX_ATTEMPTS) -> ActivationWords:
    link_until = read.day("link_until")
    return ActivationWords(
        link_until=link_until,
        link_over=brussels_date(read.message.not_before) > link_until,
        block_on=read.day("block_on"),
        again=read.member("again", Again, Again.FIRST),
        code_by=read.member("code_by", CodeChannel, CodeChannel.SMS),
        attempts_left=attempts_left,
        token=token,
    )


def _link(read: Reader) -> ActivationWords:
    return _activation(read, token=read.secret(TOKEN_SHAPE))


def _new_link(read: Reader) -> ActivationWords:
    return _activation(read, token=read.secret(TOKEN_SHAPE), attempts_left=read.number("attempts_left"))


def _code(read: Reader) -> CodeWords:
    _activation(read)  # the row carries the words of the link mail too
    code = read.secret(CODE_SHAPE) or ""
    return CodeWords(
        link_until=read.day("link_until"), block_on=read.day("block_on"), code=grouped(code), bare_code=code
    )


def _completion(read: Reader) -> CompletionWords:
    return CompletionWords(
        origin=read.member("origin", Origin),
        number_shown=read.flag("number_shown"),
        shown_until=read.day("shown_until"),
    )


def _end(read: Reader) -> EndWords:
    reason = read.one_of("reason", END_REASONS) if read.maybe("reason") is not None else None
    return EndWords(outcome=read.member("outcome", Outcome), reason=reason, recreate=read.flag("recreate"))


def _block(read: Reader) -> BlockWords:
    return BlockWords(rule=read.member("rule", Rule), blocked_on=read.day("blocked_on"))


def _key_change(read: Reader) -> KeyChangeWords:
    change, changed_on = read.member("change", KeyChange), read.day("changed_on")
    if change in (KeyChange.FROZEN, KeyChange.UNFROZEN):
        return KeyChangeWords(change=change, changed_on=changed_on)
    key_kind = None if change is KeyChange.GUESSED else read.member("key_kind", KeyKind)
    token, ends = read.secret(TOKEN_SHAPE, optional=True), read.message.send_before
    link_until = last_day(ends) if token and ends else None  # it is sent as long as it works
    return KeyChangeWords(change=change, changed_on=changed_on, key_kind=key_kind, token=token, link_until=link_until)


def _cancel(read: Reader) -> CancelWords:
    reason = read.one_of("reason", CANCEL_REASONS) if read.maybe("reason") is not None else None
    return CancelWords(cancelled_on=read.day("cancelled_on"), reason=reason)


def _resume(read: Reader) -> ResumeWords:
    token = read.secret(TOKEN_SHAPE, optional=True)
    ends = read.message.send_before if token else None
    code_by = read.member("code_by", CodeChannel, CodeChannel.SMS)
    return ResumeWords(finish_until=read.day("finish_until"), code_by=code_by, token=token, link_ends=ends)


def _otp(read: Reader) -> OtpWords:
    otp = read.secret(OTP_SHAPE) or ""
    return OtpWords(purpose=read.member("purpose", OtpPurpose), minutes=read.number("minutes"), otp=otp)


_BUILD: dict[MessageKind, Callable[[Reader], Words]] = {
    M.M0: lambda read: ReceiptWords(answer_by=read.day("answer_by")),
    M.M1: _link,
    M.M2: _activation,
    M.M3: _code,
    M.M4: _completion,
    M.M5: lambda read: CorrectionWords(answer_until=read.day("answer_until")),
    M.M6: _end,
    M.M7: _activation,
    M.M8: _new_link,
    M.M9: _block,
    M.M10: lambda read: TaskWords(problem=read.member("problem", DeskProblem)),
    M.M11: _key_change,
    M.M12: _cancel,
    M.M13: _resume,
    M.M14: lambda read: ExpiryWords(key_kind=read.member("key_kind", KeyKind), expires_on=read.day("expires_on")),
    M.M15: _otp,
}
