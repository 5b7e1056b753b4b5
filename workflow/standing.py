"""Where an activation stands for the person who holds one of its links: which page is true now, and what it may say.

Nothing is written; every day is taken from the instant that the guard judges (A13), every address is masked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from identity.contact import mask_email
from workflow import activations, freezing, issuing, one_time
from workflow.access import Door
from workflow.calendar import brussels_date, last_day
from workflow.correspondence import entity_name
from workflow.lifecycles.activation import FINAL, MAX_ATTEMPTS, State
from workflow.model import Activation, Case, CodeChannel, Holder, Language
from workflow.outbox import HANDED_OVER, Delivery, MessageKind
from workflow.ports_entry import Link, LinkPurpose
from workflow.timers import as_of, erased_as_of

M, S = MessageKind, State


class Page(StrEnum):
    """The page that is true for a link now; each has words of its own (A4)."""

    NOT_READY = "not_ready"
    READY = "ready"
    EXPIRED = "expired"
    REPLACED = "replaced"
    USED = "used"
    BLOCKED_ATTEMPTS = "attempts"
    BLOCKED_TIME = "time"
    CANCELLED = "cancelled"
    KEYS_EXPIRED = "expired_keys"
    FROZEN = "frozen"
    RESUME = "resume"
    RESUME_OVER = "resume_over"
    NOT_ME = "not_me"


class Renewal(StrEnum):
    """Whether a new link can be asked for."""

    NOW = "now"
    TOMORROW = "tomorrow"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the person may know."""

    page: Page
    case: Case
    detail: Activation
    entity: str
    purpose: str = field(repr=False)
    email: str = field(repr=False)  # masked
    mobile_end: str = field(repr=False)
    link_until: date
    days_left: int
    block_on: date
    tries_left: int
    renewal: Renewal
    since: date  # when it became so: used, blocked, ended, frozen
    newer_sent_on: date
    finished: bool  # a key is active
    can_freeze: bool = False  # whether this link lets its holder say that it was not them
    freezes_until: date | None = None  # the last day of a link that is there for nothing else
    code_sent_at: datetime | None = None
    pause_s: int = 0  # until another code for going on may be asked for

    @property
    def ref(self) -> str:
        """The reference to quote."""
        return self.case.ref

    @property
    def language(self) -> Language:
        """The language that the person was registered with (reading 5)."""
        return self.detail.language

    @property
    def code_by(self) -> CodeChannel:
        """How the code came."""
        return self.detail.code_channel


PAGE_OF = {
    S.ISSUING: Page.NOT_READY,
    S.AWAITING_CODE: Page.READY,
    S.LINK_EXPIRED: Page.EXPIRED,
    S.PROFILE_ACTIVATED: Page.USED,
    S.KEY_SETUP: Page.USED,
    S.ACTIVE: Page.USED,
    S.BLOCKED_ATTEMPTS: Page.BLOCKED_ATTEMPTS,
    S.BLOCKED_TIMEOUT: Page.BLOCKED_TIME,
    S.CANCELLED: Page.CANCELLED,
    S.EXPIRED: Page.KEYS_EXPIRED,
}
FREEZABLE = frozenset({Page.NOT_READY, Page.READY, Page.EXPIRED, Page.USED, Page.RESUME, Page.RESUME_OVER})
REPLACEABLE = frozenset({Page.NOT_READY, Page.READY, Page.EXPIRED})


def of_link(door: Door, token: str) -> Standing | None:
    """The standing behind a link of any kind; None for one that was never valid, or whose person is erased."""
    digest_of = door.tools.secrets.token_digest
    link = door.uow.links.find(tuple(digest_of(token, purpose=purpose) for purpose in LinkPurpose))
    if link is None:
        return None
    stored, kept = door.uow.cases.activation(link.case_id, now=door.now)
    case, detail = _true_now(door, stored, kept)
    if erased_as_of(stored, kept, now=door.now, tools=door.tools):
        return None
    here = _standing(door, case, detail, page=_page(door, link, case, detail))
    return replace(here, can_freeze=_can_freeze(link, here), freezes_until=_freezes_until(link))


def of_case(door: Door, key: str | UUID) -> Standing | None:
    """The standing of an activation by reference or id, for somebody who has proved to be its person otherwise."""
    stored, kept = door.uow.cases.activation(key, now=door.now)
    if erased_as_of(stored, kept, now=door.now, tools=door.tools):
        return None
    case, detail = _true_now(door, stored, kept)
    page = Page.FROZEN if _is_held(case, detail) else PAGE_OF[State(case.state)]
    return _standing(door, case, detail, page=page)


def _true_now(door: Door, stored: Case, kept: Activation) -> tuple[Case, Activation]:
    case, detail = as_of(stored, kept, now=door.now, tools=door.tools)
    assert isinstance(detail, Activation)
    return case, detail


def _page(door: Door, link: Link, case: Case, detail: Activation) -> Page:
    page = PAGE_OF[State(case.state)]
    if _is_held(case, detail):
        return Page.FROZEN
    match link.purpose:
        case LinkPurpose.NOT_ME:
            works = freezing.link_works(link, now=door.now) and case.state not in FINAL
            return Page.NOT_ME if works else page
        case LinkPurpose.RESUME if page is Page.USED and case.state != S.ACTIVE:
            fresh = detail.resume_until is not None and door.now < detail.resume_until
            return Page.RESUME if fresh and link.digest == detail.resume_digest else Page.RESUME_OVER
        case _:
            replaced = link.digest != detail.link_digest and page in REPLACEABLE
            return Page.REPLACED if replaced else page


def _is_held(case: Case, detail: Activation) -> bool:
    """Whether it is frozen and can still be let go on; after its end the end is what is true."""
    return detail.frozen_at is not None and case.state not in FINAL


def _can_freeze(link: Link, here: Standing) -> bool:
    """The link of a security mail freezes for its thirty days; the others only until there is a key."""
    if link.purpose is LinkPurpose.NOT_ME:
        return here.page is Page.NOT_ME
    return here.page in FREEZABLE and not here.finished


def _freezes_until(link: Link) -> date | None:
    """The last day that the security mail printed, also once it is over."""
    return last_day(freezing.ends(link.issued_at)) if link.purpose is LinkPurpose.NOT_ME else None


def _standing(door: Door, case: Case, detail: Activation, *, page: Page) -> Standing:
    holder = issuing.holder_of(door.uow, case.id)
    limit = detail.blocks_at or issuing.limit_of(detail.link_issued_at)
    link_until = last_day(detail.link_expires_at)
    newest = door.uow.links.newest(case.id, LinkPurpose.ACTIVATION) if page is Page.REPLACED else None
    return Standing(
        page=page,
        case=case,
        detail=detail,
        entity=entity_name(door.uow, case.entity),
        purpose=holder.purpose if holder else "",
        email=mask_email(holder.email) if holder else "",
        mobile_end=_end_of(holder),
        link_until=link_until,
        days_left=(link_until - door.today).days,
        block_on=last_day(limit),
        tries_left=max(0, MAX_ATTEMPTS - detail.attempts_used),
        renewal=_renewal(door, detail),
        since=brussels_date(_since(case, detail)),
        newer_sent_on=brussels_date(newest.issued_at if newest else detail.link_issued_at),
        finished=case.state == S.ACTIVE,
        code_sent_at=_code_sent_at(door.uow.outbox.of_case(case.id)) if page is Page.READY else None,
        pause_s=one_time.seconds_left(detail, now=door.now),
    )


def _renewal(door: Door, detail: Activation) -> Renewal:
    facts = activations.facts_of(detail, now=door.now, tools=door.tools)
    if not facts.renewal_allowed:
        return Renewal.NEVER
    return Renewal.TOMORROW if facts.renewed_today else Renewal.NOW


def _since(case: Case, detail: Activation) -> datetime:
    if _is_held(case, detail):
        return detail.frozen_at or case.changed_at
    return case.closed_at or detail.activated_at or case.changed_at


def _end_of(holder: Holder | None) -> str:
    """The last two digits of the mobile, enough to tell one's own phone."""
    return holder.mobile[-2:] if holder and holder.mobile else ""


def _code_sent_at(rows: list[Delivery]) -> datetime | None:
    newest = activations.latest(rows, (M.M3,))
    return newest.message.queued_at if newest and newest.state in HANDED_OVER else None
