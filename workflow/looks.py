"""Looking at what is watched: a paper of a request, the number that it came to. Who looked is written down (U3, E16).

A look moves no case, so it stands beside the history. Whoever may not look leaves no trace and learns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from identity.numbers import parse_insz
from workflow import access, dossier
from workflow.access import Door
from workflow.calendar import last_day
from workflow.errors import GuardRefused, NotFound, NotPermitted
from workflow.lifecycles.registration import State, Trigger
from workflow.model import Attachment, Case, RegistrationRequest, Role, Slot
from workflow.ports_desk import Look, Looked
from workflow.timers import armed_as_of, as_of, papers_erased_as_of

SEE_PAPERS = frozenset({Role.END_USER, Role.SERVICE_DESK, Role.TEAM_LEAD, Role.AUDITOR})
SEE_NUMBER = frozenset({Role.END_USER, Role.SERVICE_DESK})  # 3.33: whoever asked, and the desk that noted it
SEE_LOOKS = frozenset({Role.TEAM_LEAD, Role.AUDITOR})
OF_SLOT = {Slot.SCAN: Looked.SCAN, Slot.DECLARATION: Looked.DECLARATION}


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number as it is shown, and the last day on which it is."""

    number: str = field(repr=False)
    until: date


def paper(door: Door, ref: str, slot: Slot) -> Attachment | None:
    """A paper of a request as it is kept now, None where none is. Raises: NotFound, NotPermitted."""
    _refuse_others(door, "see_papers", SEE_PAPERS)
    case, detail = _request(door, ref)
    if papers_erased_as_of(case, detail, now=door.now, tools=door.tools):
        return None
    return door.uow.people.attachment(case.id, slot)


def look_at_page(door: Door, ref: str, slot: Slot, *, page: int) -> None:
    """Write down that this officer is shown a page of a paper. Raises: NotFound, NotPermitted, also once it is erased."""
    if paper(door, ref, slot) is None:
        raise NotFound("paper", slot)
    _write_down(door, _request(door, ref)[0].id, OF_SLOT[slot], SEE_PAPERS, told=str(page))


def number_until(door: Door, ref: str) -> date | None:
    """The last day on which this officer can be shown the number of a request, None where they cannot be (AM3-7, B1-22)."""
    stored, kept = _request(door, ref)
    case, detail = as_of(stored, kept, now=door.now, tools=door.tools)
    assert isinstance(detail, RegistrationRequest)
    if SEE_NUMBER.isdisjoint(door.actor.roles) or not detail.note_number or case.state != State.COMPLETED:
        return None
    coming = armed_as_of(door.uow, stored, kept, now=door.now, tools=door.tools)
    return next((last_day(timer.due_at) for timer in coming if timer.trigger == Trigger.T2), None)


def show_number(door: Door, ref: str) -> ShownNumber:
    """The number of a completed request whose filer asked for it; the look is written down.

    Raises: NotFound, NotPermitted, GuardRefused where it was not asked for or the month is over.
    """
    _refuse_others(door, "show_number", SEE_NUMBER)
    until = number_until(door, ref)
    case = _request(door, ref)[0]
    digits = dossier.value(door.uow, case.id, dossier.NUMBER)
    if until is None or not isinstance(digits, str):
        raise GuardRefused(
            "number_is_shown", "The number is shown where it was asked for, for a month after completion."
        )
    _write_down(door, case.id, Looked.NUMBER, SEE_NUMBER)
    return ShownNumber(parse_insz(digits, today=door.today).display, until)


def who_looked(door: Door, case_id: UUID) -> tuple[Look, ...]:
    """Who looked at what of a case, newest first, for those who watch over it; nothing for anybody else."""
    if SEE_LOOKS.isdisjoint(door.actor.roles):
        return ()
    return tuple(reversed(door.uow.looks.of_case(case_id)))


def _request(door: Door, ref: str) -> tuple[Case, RegistrationRequest]:
    case, detail = door.uow.cases.request(ref.upper(), now=door.now)
    access.refuse_foreign(door.actor, case)
    return case, detail


def _refuse_others(door: Door, action: str, needed: frozenset[Role]) -> None:
    if door.actor.roles.isdisjoint(needed):
        raise NotPermitted(action, tuple(sorted(needed)))


def _write_down(door: Door, case_id: UUID, what: Looked, seers: frozenset[Role], *, told: str = "") -> None:
    role = min(door.actor.roles & seers)
    door.uow.looks.add(
        Look(door.tools.chance.uuid(door.now), door.now, door.actor.name, str(role), what, case_id, told)
    )
