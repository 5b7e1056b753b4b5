"""Behind a session: what is known of the person who is in, and how a form of theirs is worked on.

Without a session that counts there is a page that says so, and how to go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.responses import Response

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.link_screens import asked_of
from bisdesk.web.applicant.screens import Mistake
from bisdesk.web.applicant.visit import Visit, from_then, minutes_of, mistake
from workflow import activations_keys, issuing, one_time, sessions, standing
from workflow.access import Door
from workflow.errors import GuardRefused, TransitionNotAllowed
from workflow.model import Activation, Case, DigitalKey, KeyKind
from workflow.one_time import OtpMalformed, OtpMissed
from workflow.ports_entry import Session, Stage
from workflow.standing import Page, Standing

PAGE_OF = {"/activate/key/sms/again": "/activate/key/sms", "/keys/sign-in/sms": "/keys/sign-in/key"}  # no page is there


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A person behind a session, as of now."""

    session: Session
    here: Standing
    now: datetime
    username: str = field(repr=False)
    keys: tuple[DigitalKey, ...]  # those that work, the app first

    @property
    def ref(self) -> str:
        """The reference of the activation."""
        return self.here.ref

    @property
    def case(self) -> Case:
        """The case of the activation."""
        return self.here.case

    @property
    def detail(self) -> Activation:
        """Its detail."""
        return self.here.detail

    @property
    def stage(self) -> Stage:
        """How far they have proved to be the person."""
        return self.session.stage

    @property
    def needs_account(self) -> bool:
        """Whether user name and password come first."""
        return not self.detail.account_named

    @property
    def again_at(self) -> datetime | None:
        """From when another SMS may be asked for; None: now."""
        return from_then(self.now, one_time.seconds_left(self.detail, now=self.now))

    @property
    def kinds(self) -> tuple[KeyKind, ...]:
        """The kinds of the keys that work."""
        return tuple(key.kind for key in self.keys)


def inside(visit: Visit, stages: frozenset[Stage]) -> Inside | Response:
    """The person behind the session of a page view, or the page that says why there is none."""
    found = visit.site.look(lambda door: _found(visit, door, stages))
    if isinstance(found, Inside):
        if sessions.is_to_be_noted(found.session, now=found.now):
            visit.site.act(lambda door: _note(visit, door))
        return found
    return found


def acted(
    visit: Visit, stages: frozenset[Stage], work: Callable[[Door, Inside], Response], *, form: str
) -> Response:  # fmt: skip
    """Work on a form of somebody who is in; what the rules refuse leads to the page that is true now."""

    def act(door: Door) -> Response:
        visit.afresh()
        found = _found(visit, door, stages)
        if isinstance(found, Inside):
            return work(door, found) if visit.is_about(form, found.here) else visit.trouble("other_link")
        # The session may have been replaced by the answer to a first sending, which the browser has by now: it looks again.
        visit.afresh()
        return visit.go(path)

    path = PAGE_OF.get(visit.request.url.path, visit.request.url.path)
    if not visit.is_genuine(form):
        return visit.trouble("stale_form", back=path)
    try:
        return visit.site.act(act)
    except (GuardRefused, TransitionNotAllowed):
        return visit.go("/keys" if Stage.SIGNED_IN in stages else "/activate")


def otp_mistake(told: OtpMissed | OtpMalformed, *, now: datetime) -> Mistake:
    """What to say of six digits that did not fit."""
    match told:
        case OtpMalformed():
            return mistake("otp", "mistake.otp.malformed")
        case OtpMissed(locked_until=until) if until is not None:
            return mistake("otp", "mistake.otp.locked", minutes=minutes_of((until - now).total_seconds()))
        case OtpMissed(tries_left=left):
            return mistake("otp", "mistake.otp.wrong", tries_left=left)


def _found(visit: Visit, door: Door, stages: frozenset[Stage]) -> Inside | Response:
    session = visit.session(door)
    if session is None or session.stage not in stages:
        return _outside(visit, session, stages)
    here = standing.of_case(door, session.case_id)
    if here is None:
        return _outside(visit, None, stages)
    visit.about(here)
    if here.page is Page.FROZEN:
        visit.leave()
        return visit.page(screens.Frozen(asked=asked_of(here), frozen_on=here.since), here="/activate")
    if here.page is not Page.USED or (session.stage is Stage.SETTING_UP) is here.finished:
        visit.leave()
        return visit.go("/keys/sign-in" if here.finished else "/activate")
    holder = issuing.holder_of(door.uow, here.case.id)
    working = activations_keys.active(door, here.case)
    keys = tuple(key for kind in KeyKind for key in working if key.kind is kind)
    name = (holder.username if holder else None) or ""
    return Inside(session=session, here=here, now=door.now, username=name, keys=keys)


def _outside(visit: Visit, session: Session | None, stages: frozenset[Stage]) -> Response:
    """No session that counts, or one of another stage: where its person goes on."""
    if session is not None and session.stage is Stage.SETTING_UP:
        return visit.go("/activate/account")
    if session is not None and session.stage is Stage.SIGNED_IN:
        return visit.go("/keys")
    if session is not None:
        return visit.go("/keys/sign-in/key")
    setting_up = Stage.SETTING_UP in stages
    if not visit.had_session:
        return visit.go("/activate" if setting_up else "/keys/sign-in")
    visit.leave()
    return visit.page(screens.SignedOut(by_itself=True, setting_up=setting_up), here="/keys/sign-in")


def _note(visit: Visit, door: Door) -> None:
    session = visit.session(door)
    if session is not None:
        sessions.note(door.uow, session, now=door.now)
