"""The screens of a link: what each page shows of where its activation stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from markupsafe import Markup

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.screens import Asked, Screen
from bisdesk.web.applicant.visit import Visit, from_then
from notifications.addressee import harmless_purpose, one_line
from workflow.standing import Page, Standing, of_link

HANDOVER = Markup('<img src="/activate/handover.svg" alt="" width="200" height="200" loading="lazy">')


def standing_of(visit: Visit) -> Standing | None:
    """Where the activation of the browser's link stands, told in its language; None for a browser without a link of ours."""
    token = visit.link
    found = visit.site.look(lambda door: of_link(door, token)) if token else None
    if found:
        visit.about(found)
    return found


def screen_of(visit: Visit, here: Standing) -> Screen:
    """The page that is true for a link, with what is to be said of a form that was sent from it."""
    screen = SCREENS[here.page](here)
    if isinstance(screen, screens.Resume):
        screen = replace(screen, again_at=from_then(visit.now, here.pause_s))
    return replace(screen, mistakes=visit.told().mistakes)


def asked_of(here: Standing) -> Asked:
    """Who asked and why, with nothing in it that could pass for a link of ours."""
    return Asked(ref=here.ref, entity=one_line(here.entity), purpose=harmless_purpose(here.purpose))


def renewed_screen(here: Standing) -> Screen:
    """A new link is on its way."""
    until = here.link_until
    return screens.Renewed(asked=asked_of(here), email=here.email, link_until=until, code_by=here.code_by)


def _landing(here: Standing) -> Screen:
    return screens.Landing(
        asked=asked_of(here), link_until=here.link_until, days_left=here.days_left, block_on=here.block_on,
        code_by=here.code_by, mobile_end=here.mobile_end, handover=HANDOVER,
    )  # fmt: skip


def _expired(here: Standing) -> Screen:
    return screens.Expired(
        asked=asked_of(here), link_until=here.link_until, block_on=here.block_on, email=here.email, code_by=here.code_by,
        renewal=here.renewal,
    )  # fmt: skip


def _used(here: Standing) -> Screen:
    if here.freezes_until is not None:
        return screens.NotMeOver(asked=asked_of(here), until=here.freezes_until)
    return screens.Used(
        asked=asked_of(here),
        used_on=here.since,
        finished=here.finished,
        email=here.email,
        can_resume=bool(here.mobile_end),
    )


def not_me_screen(here: Standing) -> Screen:
    """Whether it was not the person: asked about the activation, or about keys where the security mail led here."""
    about = "keys" if here.page is Page.NOT_ME else "activation"
    return screens.NotMe(asked=asked_of(here), about=about, until=here.freezes_until)


SCREENS: dict[Page, Callable[[Standing], Screen]] = {
    Page.NOT_READY: lambda here: screens.NotReady(asked=asked_of(here)),
    Page.READY: _landing,
    Page.EXPIRED: _expired,
    Page.REPLACED: lambda here: screens.Replaced(
        asked=asked_of(here), newer_sent_on=here.newer_sent_on, email=here.email
    ),
    Page.USED: _used,
    Page.BLOCKED_ATTEMPTS: lambda here: screens.Blocked(asked=asked_of(here), rule="attempts", blocked_on=here.since),
    Page.BLOCKED_TIME: lambda here: screens.Blocked(asked=asked_of(here), rule="time", blocked_on=here.since),
    Page.CANCELLED: lambda here: screens.Ended(asked=asked_of(here), how="cancelled", ended_on=here.since),
    Page.KEYS_EXPIRED: lambda here: screens.Ended(asked=asked_of(here), how="expired", ended_on=here.since),
    Page.FROZEN: lambda here: screens.Frozen(asked=asked_of(here), frozen_on=here.since),
    Page.RESUME: lambda here: screens.Resume(asked=asked_of(here), mobile_end=here.mobile_end),
    Page.RESUME_OVER: lambda here: screens.ResumeOver(asked=asked_of(here), email=here.email),
    Page.NOT_ME: not_me_screen,
}
