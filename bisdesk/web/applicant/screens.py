"""What each page of the applicant's site shows: one frozen value per page, named like its template.

It knows no HTTP and no language; every day is the last one on which something holds, every address masked already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from markupsafe import Markup

from workflow.model import CodeChannel, KeyKind


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend: the name of its field, and the name of the sentence with its values."""

    name: str
    sentence: str  # msgid of the catalogue, such as `mistake.code.malformed`
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A page; `mistakes` stand in the summary above and beside their fields."""

    template: ClassVar[str]
    mistakes: tuple[Mistake, ...] = ()
    step: int = 0  # of three in the set-up; 0: no part of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asked for the activation and why, on every page about one (A23)."""

    ref: str
    entity: str
    purpose: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing(Screen):
    """The first page behind a link that works."""

    template: ClassVar[str] = "landing"
    asked: Asked
    link_until: date
    days_left: int  # 0: today is the last day
    block_on: date
    code_by: CodeChannel
    mobile_end: str = ""  # the last two digits, empty for a code on paper
    handover: Markup = field(repr=False)  # QR of this very link as inline SVG (A16)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReady(Screen):
    """Mail and code are not both handed over yet (B2-2b)."""

    template: ClassVar[str] = "not_ready"
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Screen):
    """Entering the activation code."""

    template: ClassVar[str] = "code"
    asked: Asked
    link_until: date
    block_on: date
    tries_left: int
    code_by: CodeChannel
    mobile_end: str = ""
    typed: str = field(default="", repr=False)  # what was not right, to be mended instead of typed again
    code_sent_at: datetime | None = None
    handover: Markup = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired(Screen):
    """The link is over, the activation is not."""

    template: ClassVar[str] = "expired"
    asked: Asked
    link_until: date
    block_on: date
    email: str = field(repr=False)
    code_by: CodeChannel
    renewal: str  # `now`; `tomorrow`: one was sent today; `never`: the issuing office gives none


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed(Screen):
    """A new link is on its way."""

    template: ClassVar[str] = "renewed"
    asked: Asked
    email: str = field(repr=False)
    link_until: date
    code_by: CodeChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced(Screen):
    """An older link of an activation whose newer one works or worked."""

    template: ClassVar[str] = "replaced"
    asked: Asked
    newer_sent_on: date
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Used(Screen):
    """The code was entered already."""

    template: ClassVar[str] = "used"
    asked: Asked
    used_on: date
    finished: bool  # a key is active: go and sign in; else: ask for a mail to go on (M13)
    email: str = field(repr=False)
    can_resume: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked(Screen):
    """Three wrong codes, or thirty days (3.36)."""

    template: ClassVar[str] = "blocked"
    asked: Asked
    rule: str  # `attempts` or `time`, as in M9
    blocked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Screen):
    """Cancelled, or the last key reached ten years."""

    template: ClassVar[str] = "ended"
    asked: Asked
    how: str  # `cancelled` or `expired`
    ended_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen(Screen):
    """Somebody said that it was not them; the service desk looks into it."""

    template: ClassVar[str] = "frozen"
    asked: Asked
    frozen_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Screen):
    """A link that was never valid, or is forgotten."""

    template: ClassVar[str] = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Screen):
    """Typing the reference of the mail instead of following its link."""

    template: ClassVar[str] = "reference"
    typed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSent(Screen):
    """The one answer to every reference, known or not (A5)."""

    template: ClassVar[str] = "reference_sent"
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMe(Screen):
    """Did you not ask for this? Confirming freezes everything until the service desk has looked."""

    template: ClassVar[str] = "not_me"
    asked: Asked
    about: str  # `activation`: from the link page; `keys`: from the security mail
    until: date | None = None  # the last day of the link of the security mail


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeOver(Screen):
    """The link of a security mail is over, while what it was about goes on."""

    template: ClassVar[str] = "not_me_over"
    asked: Asked
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeDone(Screen):
    """It is frozen, and the service desk has its task."""

    template: ClassVar[str] = "not_me_done"
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Screen):
    """User name and password of the profile."""

    template: ClassVar[str] = "account"
    username: str = field(default="", repr=False)
    name_shortest: int
    name_longest: int
    shortest: int
    longest: int
    pause_minutes: int  # without a page asked for, after which the session is over


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseKey(Screen):
    """Which key: the app first, then SMS."""

    template: ClassVar[str] = "choose_key"
    offered: tuple[KeyKind, ...]  # with one there is nothing to choose
    has_mobile: bool
    mobile_end: str = ""
    active: tuple[KeyKind, ...] = ()  # those that work already: then it is the back-up that is offered


@dataclass(frozen=True, slots=True, kw_only=True)
class AppKey(Screen):
    """Setting up the app; the same secret until it is confirmed (A19)."""

    template: ClassVar[str] = "app_key"
    code: Markup = field(repr=False)  # QR as inline SVG
    secret: str = field(repr=False)  # in groups of four
    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsKey(Screen):
    """The six digits of the SMS."""

    template: ClassVar[str] = "sms_key"
    mobile_end: str
    minutes: int
    again_at: datetime | None  # from when another SMS may be asked for; None: now


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Screen):
    """A key is active, or both are."""

    template: ClassVar[str] = "done"
    keys: tuple[tuple[KeyKind, date], ...]  # each with its last day, the newest first
    other: KeyKind | None  # the back-up that is still missing
    username: str = field(default="", repr=False)
    goes_to: str = ""  # the application, where the installation names one


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Screen):
    """Going on with an unfinished set-up: the mail was followed, now the six digits of the SMS."""

    template: ClassVar[str] = "resume"
    asked: Asked
    mobile_end: str
    again_at: datetime | None = None  # from when another SMS may be asked for; None: now


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeSent(Screen):
    """Mail and SMS to go on with are on their way."""

    template: ClassVar[str] = "resume_sent"
    asked: Asked
    email: str = field(repr=False)
    mobile_end: str
    minutes: int  # that the digits of the SMS work


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeOver(Screen):
    """The link of the resume mail is used or older than a day."""

    template: ClassVar[str] = "resume_over"
    asked: Asked
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Screen):
    """Where is my activation? Reference and e-mail address, both."""

    template: ClassVar[str] = "status"
    typed: str = ""
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of four: `mail`, `sms`, `code`, `key`."""

    name: str
    state: str  # `done`, `now`, `later`, `trouble`
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusShown(Screen):
    """How far it is; `advice` names what to do next."""

    template: ClassVar[str] = "status_shown"
    asked: Asked
    steps: tuple[Step, ...]
    advice: str  # wait, code, renew, resume, sign_in, new_request, desk
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Screen):
    """User name and password; the key comes on the next page."""

    template: ClassVar[str] = "sign_in"
    username: str = field(default="", repr=False)
    locked_minutes: int = 0  # more than none: wait so long


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInKey(Screen):
    """The six digits of a key that works."""

    template: ClassVar[str] = "sign_in_key"
    kinds: tuple[KeyKind, ...]
    kind: KeyKind  # the one that is asked for now
    mobile_end: str = ""
    sent: bool = False  # an SMS is on its way
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """One key that works."""

    kind: KeyKind
    since: date
    valid_until: date
    removable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys(Screen):
    """The keys of a signed-in person."""

    template: ClassVar[str] = "keys"
    username: str = field(repr=False)
    keys: tuple[OwnKey, ...]
    missing: tuple[KeyKind, ...]  # kinds that can be added
    news: str = ""  # `added`, `removed`, or nothing new


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveKey(Screen):
    """Confirming that a key goes."""

    template: ClassVar[str] = "remove_key"
    kind: KeyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(Screen):
    """Signed out, by oneself or after a pause."""

    template: ClassVar[str] = "signed_out"
    by_itself: bool
    setting_up: bool = False  # it was the set-up that ended: go on with the reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble(Screen):
    """What went wrong on the way: `not_found`, `too_many`, `unavailable`, `stale_form`, `raced`, `other_link`."""

    template: ClassVar[str] = "trouble"
    what: str
    minutes: int = 0  # of `too_many`: until when to wait
    back: str = "/activate"
