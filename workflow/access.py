"""Finding a case for an actor, settled as of now, and the facts about the actor that guards need.

Another entity's case is not found, never forbidden: its existence is nobody else's business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from workflow.advance import Tools
from workflow.calendar import brussels_date
from workflow.errors import ConcurrentChange, NotFound
from workflow.lifecycles.registration import Trigger
from workflow.lifecycles.registration_guards import Facts
from workflow.machine import MACHINES
from workflow.model import CANARY, Activation, Actor, AuditEvent, Case, EntityStatus, RegistrationRequest, Role, User
from workflow.ports import UnitOfWork
from workflow.timers import erased_as_of, settle

SUSPICIONS = frozenset({Trigger.FLAG_FRAUD, Trigger.UNFLAG_FRAUD})
WATCHERS = frozenset({Role.APPLICANT, Role.OPERATOR, Role.SYSTEM})  # the one who walks, and who looks after it
FILING_RIGHTS = ("Servicebeheer Gebruiker", "Servicebeheer BISdesk-eindgebruiker")  # 3.19


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What every command carries through its door: the open transaction, who, when, and the tools."""

    uow: UnitOfWork
    actor: Actor
    now: datetime
    tools: Tools
    seen: int | None = None  # the version that the actor was shown; what somebody changed since is a conflict (L5)

    @property
    def today(self) -> date:
        """The Brussels date of now."""
        return brussels_date(self.now)


def request(door: Door, key: str | UUID) -> tuple[Case, RegistrationRequest]:
    """A request that this actor may see, its due timers settled. Raises: NotFound, ConcurrentChange."""
    case, detail = door.uow.cases.request(key, now=door.now)
    refuse_foreign(door.actor, case)
    case, settled = settle(door.uow, case, detail, now=door.now, tools=door.tools)
    _refuse_stale(door, case)
    assert isinstance(settled, RegistrationRequest)
    return case, settled


def activation(door: Door, key: str) -> tuple[Case, Activation]:
    """An activation that this actor may see, its due timers settled. Raises: NotFound, ConcurrentChange."""
    case, detail = door.uow.cases.activation(key, now=door.now)
    refuse_foreign(door.actor, case)
    case, settled = settle(door.uow, case, detail, now=door.now, tools=door.tools)
    _refuse_stale(door, case)
    assert isinstance(settled, Activation)
    return case, settled


def consultable(door: Door, case_id: UUID) -> bool:
    """Whether the person of a case can still be read about: not from the first instant after the month on (B1-23)."""
    case: Case
    detail: RegistrationRequest | Activation
    try:
        case, detail = door.uow.cases.request(case_id, now=door.now)
    except NotFound:
        case, detail = door.uow.cases.activation(case_id, now=door.now)
    return not erased_as_of(case, detail, now=door.now, tools=door.tools)


def sees(actor: Actor, case: Case) -> bool:
    """Whether a case exists for this actor: an end user sees their own entity only, and no officer the heartbeat's."""
    if case.entity == CANARY and WATCHERS.isdisjoint(actor.roles):
        return False
    return Role.END_USER not in actor.roles or actor.sees_all_entities or actor.entity == case.entity


def may_read(actor: Actor, event: AuditEvent) -> bool:
    """Whether a line of history is for this actor: a suspicion of fraud is the team lead's alone (B1-fraud)."""
    return event.trigger not in not_for(actor)


def not_for(actor: Actor) -> frozenset[str]:
    """The triggers whose lines of history are not for this actor."""
    return frozenset() if Role.TEAM_LEAD in actor.roles else SUSPICIONS


def refuse_foreign(actor: Actor, case: Case) -> None:
    """Raises: NotFound for a case that does not exist for this actor."""
    if not sees(actor, case):
        raise NotFound("case", case.ref)


def request_facts(door: Door, case: Case, detail: RegistrationRequest) -> Facts:
    """What is known of a request before the command adds its own facts."""
    return Facts(
        actor=door.actor.user_id,
        filer=detail.filer,
        kind=detail.kind,
        own_entity=sees(door.actor, case),
        steps_passed=detail.checks_passed,
        attachments_present=detail.scan_attached and detail.declaration_attached,
        open_remarks=detail.open_remarks,
        extended_by_law=detail.extended_by_law,
        extension_confirmed=detail.extension_confirmed,
        creation_called=detail.creation_called_at is not None,
        number_created=detail.number_created,
        manual_register=door.tools.manual_register,
        activation_exists=detail.activation_id is not None,
        corrected_by=detail.corrected_by,
        approved_by=detail.approved_by,
        audited=detail.audited_at is not None,
        fraud_suspected=detail.fraud_suspected_at is not None,
    )


def with_filing_rights(door: Door, facts: Facts, *, entity: str) -> Facts:
    """Add what the register of users and entities says about the filer today (B1-1)."""
    active = door.uow.directory.entity(entity).status is EntityStatus.ACTIVE
    if door.actor.user_id is None:
        return replace(facts, entity_active=active, rights_held=False, agreement_signed=False)
    user = door.uow.directory.by_id(door.actor.user_id)
    return replace(
        facts,
        entity_active=active,
        rights_held=all(_holds(user, right, door.today) for right in FILING_RIGHTS),
        agreement_signed=_signed(user, door.today),
    )


def _refuse_stale(door: Door, case: Case) -> None:
    """Raises: ConcurrentChange when somebody acted, or a deadline passed, since the actor looked; an alarm changes nothing."""
    if door.seen is None or door.seen >= case.version:
        return
    since = [event for event in door.uow.cases.history(case.id) if event.sequence > door.seen]
    grave = [event for event in since if event.from_state != event.to_state or event.role not in MACHINES]
    if grave:
        last = grave[-1]
        raise ConcurrentChange(case.ref, event=last.event, by=last.role, at=last.recorded_at)


def _holds(user: User, right: str, today: date) -> bool:
    """Both days of the period count (AM2-2)."""
    return any(held.name == right and held.begins_on <= today <= held.ends_on for held in user.rights)


def _signed(user: User, today: date) -> bool:
    return user.agreement_signed_on is not None and user.agreement_signed_on <= today
