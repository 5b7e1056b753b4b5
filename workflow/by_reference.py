"""What a person can do with the reference of their mail alone: be sent the way on, and ask how far it is.

A reference is no secret, so it opens nothing: what it sets off goes to the stored address, and the answer tells nobody whether
it exists (trust 2.3, 6).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from identity.contact import email_key
from identity.problems import Problem
from workflow import access, activations, activations_resume, issuing, standing
from workflow.access import Door
from workflow.calendar import brussels_date, last_day
from workflow.codes import ALPHABET
from workflow.errors import GuardRefused, NotFound, TransitionNotAllowed
from workflow.lifecycles.activation import FINAL, State
from workflow.model import Case, CodeChannel
from workflow.outbox import HANDED_OVER, Delivery, DeliveryState, MessageKind
from workflow.ports_entry import LinkPurpose
from workflow.standing import Page, Renewal, Standing

M, S = MessageKind, State
SHAPE = re.compile(rf"AC-\d{{4}}-\d{{5}}-[{ALPHABET}]{{2}}", re.ASCII)
LOOK_ALIKES = str.maketrans("OIL", "011")  # none of them stands in a reference
LOST = frozenset({DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.UNDELIVERED, DeliveryState.PARKED})


@dataclass(frozen=True, slots=True)
class Progress:
    """One of the four steps from the mail to the key."""

    name: str  # mail, sms, code, key
    state: str  # done, now, later, trouble
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """How far an activation is, and what its person does next."""

    standing: Standing
    steps: tuple[Progress, ...]
    advice: str  # wait, code, renew, resume, sign_in, new_request, desk
    until: date | None = None


def normalised(typed: str) -> str | None:
    """The reference as it is stored, or None for what is none; spaces, hyphens, small letters and look-alikes do not matter."""
    folded = unicodedata.normalize("NFKC", typed)[:60].upper()
    bare = re.sub(r"[\s\-‐‑‒–—−]", "", folded).translate(LOOK_ALIKES)
    ref = "-".join((bare[:2], bare[2:6], bare[6:11], bare[11:]))
    return ref if SHAPE.fullmatch(ref) else None


def send_way_on(door: Door, ref: str) -> None:
    """Owe the mail that leads on from where the activation stands, if one may be sent, once a day; tells nothing."""
    try:
        case, detail = access.activation(door, ref)
        if detail.undeliverable:
            return  # the desk corrects the address; sending to it again would hide that it has to
        match case.state:
            case S.AWAITING_CODE:
                activations.resend_link(door, ref)
            case S.LINK_EXPIRED:
                activations.renew_link(door, ref)
            case S.PROFILE_ACTIVATED | S.KEY_SETUP if not _was_led_on_today(door, case):
                activations_resume.ask_resume(door, ref)
            case _:
                return
    except (NotFound, GuardRefused, TransitionNotAllowed):
        door.uow.rollback()


def how_far(door: Door, ref: str, email: str) -> Told | None:
    """How far it is, for somebody who knows both reference and address; None for any other pair, whichever is wrong."""
    try:
        here = standing.of_case(door, ref)
        typed = email_key(email)
    except (NotFound, Problem):
        return None
    holder = issuing.holder_of(door.uow, here.case.id) if here else None
    if here is None or holder is None or email_key(holder.email) != typed:
        return None
    rows = door.uow.outbox.of_case(here.case.id)
    advice, until = _advice(here)
    return Told(here, _steps(here, rows), advice, until)


def _was_led_on_today(door: Door, case: Case) -> bool:
    """Whether a link for going on was sent today; links of activation are held to once a day by their own rows."""
    newest = door.uow.links.newest(case.id, LinkPurpose.RESUME)
    return newest is not None and brussels_date(newest.issued_at) == door.today


def _steps(here: Standing, rows: list[Delivery]) -> tuple[Progress, ...]:
    state, activated = S(here.case.state), here.detail.activated_at
    entered = Progress("code", "done", brussels_date(activated)) if activated else Progress("code", _open(here))
    key = Progress("key", "done" if state is S.ACTIVE else "now" if activated and state not in FINAL else "later")
    paper = here.code_by is CodeChannel.PAPER
    sent = (_sent("mail", rows, (M.M1, M.M8)), *(() if paper else (_sent("sms", rows, (M.M3,)),)))
    return (*sent, entered, key)


def _open(here: Standing) -> str:
    if here.page is Page.READY:
        return "now"
    return "trouble" if here.page in (Page.BLOCKED_ATTEMPTS, Page.BLOCKED_TIME, Page.EXPIRED) else "later"


def _sent(name: str, rows: list[Delivery], kinds: tuple[MessageKind, ...]) -> Progress:
    newest = activations.latest(rows, kinds)
    if newest is None:
        return Progress(name, "later")
    on = brussels_date(newest.message.queued_at)
    if newest.state in HANDED_OVER:
        return Progress(name, "done", on)
    return Progress(name, "trouble" if newest.state in LOST else "now", on)


def _advice(here: Standing) -> tuple[str, date | None]:
    """What to do next, and until when."""
    match here.page:
        case Page.FROZEN:
            return "desk", None
        case Page.READY | Page.EXPIRED if here.detail.undeliverable:
            return "desk", None
        case Page.READY:
            return "code", here.link_until
        case Page.EXPIRED if here.renewal is Renewal.NEVER:
            return "new_request", None
        case Page.EXPIRED:
            return "renew", here.block_on
        case Page.USED if here.finished:
            ends = here.detail.keys_expire_at
            return "sign_in", last_day(ends) if ends else None
        case Page.USED:
            return ("resume" if here.mobile_end else "desk"), None
        case Page.NOT_READY:
            return ("desk", None) if here.detail.undeliverable else ("wait", None)
        case _:
            return "new_request", None
