"""What this actor can do now, what not and why, and what happens next by itself; read from the table, nothing written.

What the command would bring along (a reason, a code, a number) is taken as given: only what is true of the case refuses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from workflow import access, activations, dossier, issuing
from workflow.access import Door
from workflow.errors import InvalidSubmission
from workflow.intake import parse_submission
from workflow.lifecycles import activation_guards, registration_guards
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import Trigger, registration
from workflow.lifecycles.registration_guards import CHECK_STEPS
from workflow.machine import Option
from workflow.model import NEW, Activation, Case, KeyKind, KeyState, RegistrationRequest, Timer
from workflow.submission import to_json
from workflow.timers import armed_as_of, as_of

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The options of one actor on one case, and the timers that will act next, soonest first."""

    case: Case
    options: tuple[Option, ...]
    coming: tuple[Timer, ...]

    def of(self, trigger: str) -> Option | None:
        """The option for one action, or None when the action does not exist here for this actor."""
        return next((option for option in self.options if option.trigger == trigger), None)


def explain_filing(door: Door) -> Option | None:
    """Whether this officer may open a request today, or why not (3.19); None for a role that never files."""
    if door.actor.entity is None:
        return None
    facts = access.with_filing_rights(door, registration_guards.Facts(), entity=door.actor.entity)
    options = registration.allowed(NEW, roles=door.actor.roles, facts=facts)
    return next((option for option in options if option.trigger == Trigger.CREATE), None)


def explain_request(door: Door, ref: str) -> Explanation:
    """The options on a request. Raises: NotFound, also for another entity's request."""
    stored, kept = door.uow.cases.request(ref, now=door.now)
    access.refuse_foreign(door.actor, stored)
    case, detail = as_of(stored, kept, now=door.now, tools=door.tools)
    assert isinstance(detail, RegistrationRequest)
    facts = _request_facts(door, case, detail)
    options = registration.allowed(case.state, roles=door.actor.roles, facts=facts)
    return Explanation(case, options, armed_as_of(door.uow, stored, kept, now=door.now, tools=door.tools))


def explain_activation(door: Door, ref: str) -> Explanation:
    """The options on an activation. Raises: NotFound."""
    stored, kept = door.uow.cases.activation(ref, now=door.now)
    access.refuse_foreign(door.actor, stored)
    case, detail = as_of(stored, kept, now=door.now, tools=door.tools)
    assert isinstance(detail, Activation)
    facts = _activation_facts(door, case, detail)
    options = activation.allowed(case.state, roles=door.actor.roles, facts=facts)
    return Explanation(case, options, armed_as_of(door.uow, stored, kept, now=door.now, tools=door.tools))


def _request_facts(door: Door, case: Case, detail: RegistrationRequest) -> registration_guards.Facts:
    complete = _is_complete(door, case)
    facts = replace(
        access.request_facts(door, case, detail),
        step=min(detail.checks_passed + 1, CHECK_STEPS),
        assignee_to_be=NOBODY,
        reason_given=True,
        fields_named=True,
        number_valid=True,
        number_consistent=True,
        all_refused=True,
        extension_confirmed=True,
        data_complete=complete,
        eligible=complete,
        residence_abroad=complete,
        declared_after_check=complete,
        contacts_unique=_contacts_are_free(door, case),
    )
    facts = access.with_filing_rights(door, facts, entity=case.entity)
    if door.actor.user_id is not None:
        return facts
    # A reader who is nobody in particular sees what a colleague with all rights could do.
    return replace(facts, actor=NOBODY, rights_held=True, agreement_signed=True)


def _is_complete(door: Door, case: Case) -> bool:
    try:
        parse_submission(to_json(dossier.stored(door.uow, case.id)), today=door.today, complete=True)
    except InvalidSubmission:
        return False
    return True


def _contacts_are_free(door: Door, case: Case) -> bool:
    submission = dossier.stored(door.uow, case.id)
    if submission.person.birth_date is None:
        return True
    return not door.uow.contacts.taken(dossier.claims_of(submission), person_key=dossier.key_of(submission))


def _activation_facts(door: Door, case: Case, detail: Activation) -> activation_guards.Facts:
    rows = door.uow.outbox.of_case(case.id)
    holder = issuing.holder_of(door.uow, case.id)
    keys = [key for key in door.uow.keys.of(case.id) if key.state is KeyState.ACTIVE]
    return replace(
        activations.facts_of(detail, now=door.now, tools=door.tools),
        reason_given=True,
        mail_failed=activations.mail_failed(rows),
        confirmed_via_officer=True,
        contact_unique=True,
        code_delivered=activations.code_was_delivered(rows),
        code_matches=True,
        account_ok=True,
        has_mobile=holder is not None and bool(holder.mobile),
        resume_ok=detail.resume_digest is not None,
        otp_ok=True,
        password_given=True,
        signed_in=bool(keys),
        last_key=len(keys) < 2,
        has_sms_key=any(key.kind is KeyKind.SMS for key in keys),
    )
