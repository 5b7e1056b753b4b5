"""What the guards of a registration request look at, and the guards themselves, named as statements."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from workflow.machine import guard
from workflow.model import RequestKind

CHECK_STEPS = 5  # 3.22-3.26


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards may look at, as plain values gathered by the use case."""

    actor: UUID | None = None
    filer: UUID | None = None
    assignee_to_be: UUID | None = None
    kind: RequestKind = RequestKind.REGISTRATION
    entity_active: bool = False
    rights_held: bool = False  # both rights of 3.19, today
    agreement_signed: bool = False
    own_entity: bool = True
    step: int = 0  # of the check being recorded
    steps_passed: int = 0
    data_complete: bool = False
    eligible: bool = False  # 3.16 and 3.17 attested
    attachments_present: bool = False
    declared_after_check: bool = False
    contacts_unique: bool = False
    residence_abroad: bool = False
    reason_given: bool = False
    fields_named: bool = False
    open_remarks: int = 0
    extended_by_law: bool = False
    extension_confirmed: bool = False
    matches: int = 0
    number_valid: bool = False
    number_consistent: bool = False
    number_created: bool = False
    all_refused: bool = False
    creation_called: bool = False
    manual_register: bool = False
    retries_left: bool = True
    activation_exists: bool = False  # for this request
    profile_exists: bool = False  # the person has an open or active activation
    corrected_by: UUID | None = None  # who mended a typo of what is to be approved
    approved_by: UUID | None = None
    audited: bool = False
    fraud_suspected: bool = False
    message_repeatable: bool = False
    cooldown_over: bool = False


@guard("The entity is not active in the Bisdesk. Its responsible person finishes the onboarding first.")
def entity_is_active(facts: Facts) -> bool:
    return facts.entity_active


@guard(
    "You lack a right that filing needs (Servicebeheer Gebruiker, Servicebeheer BISdesk-eindgebruiker). Ask your head local administrator."
)
def filer_holds_both_rights(facts: Facts) -> bool:
    return facts.rights_held


@guard("You have not signed the agreement for end users. Sign it first.")
def filer_signed_agreement(facts: Facts) -> bool:
    return facts.agreement_signed


@guard("The request belongs to another entity.")
def request_is_of_own_entity(facts: Facts) -> bool:
    return facts.own_entity


@guard("The five checks are done in order. Record the next step first.")
def step_is_next(facts: Facts) -> bool:
    return facts.step == facts.steps_passed + 1 <= CHECK_STEPS


@guard("Not all required data is there and right. Complete the request first.")
def data_is_complete(facts: Facts) -> bool:
    return facts.data_complete


@guard("The conditions for the person or the purpose are not attested.")
def person_is_eligible(facts: Facts) -> bool:
    return facts.eligible


@guard("The scan of the document and the signed declaration must both be attached.")
def attachments_are_present(facts: Facts) -> bool:
    return facts.attachments_present


@guard("The five document checks are not all passed.")
def all_checks_passed(facts: Facts) -> bool:
    return facts.steps_passed == CHECK_STEPS


@guard("The declaration is older than the check that it declares. Let it be signed again.")
def declared_after_check(facts: Facts) -> bool:
    return facts.declared_after_check


@guard("The e-mail address or the mobile number is already used in another file. Ask the person for a personal one.")
def contacts_are_unique(facts: Facts) -> bool:
    return facts.contacts_unique


@guard("The person lives in Belgium; the municipality of residence is the place to go.")
def residence_is_abroad(facts: Facts) -> bool:
    return facts.residence_abroad


@guard("Four eyes: who filed the request neither takes nor approves it. Ask a colleague.")
def actor_is_not_the_filer(facts: Facts) -> bool:
    return facts.actor is not None and facts.actor != facts.filer


@guard("Four eyes: you corrected this request yourself. Let a colleague approve it.")
def approver_did_not_correct_it(facts: Facts) -> bool:
    return facts.actor is not None and facts.actor != facts.corrected_by


@guard("The request was never approved; there is nothing to judge afterwards.")
def request_was_approved(facts: Facts) -> bool:
    return facts.approved_by is not None


@guard("The approval has been judged already.")
def approval_is_not_judged_yet(facts: Facts) -> bool:
    return not facts.audited


@guard("Four eyes: who approved the request does not judge the approval. Leave it to another auditor.")
def auditor_did_not_approve_it(facts: Facts) -> bool:
    return facts.actor is not None and facts.actor != facts.approved_by


@guard("The request is not flagged.")
def fraud_is_suspected(facts: Facts) -> bool:
    return facts.fraud_suspected


@guard("Four eyes: the request cannot be given to the person who filed it. Choose another colleague.")
def new_reviewer_is_not_the_filer(facts: Facts) -> bool:
    return facts.assignee_to_be is not None and facts.assignee_to_be != facts.filer


@guard("Say why: a reason code, and a text where the code asks for one.")
def reason_is_given(facts: Facts) -> bool:
    return facts.reason_given


@guard("Name at least one field that must be corrected.")
def fields_are_named(facts: Facts) -> bool:
    return facts.fields_named


@guard("A remark is still open. Wait for the correction of the officer.")
def no_remark_is_open(facts: Facts) -> bool:
    return facts.open_remarks == 0


@guard("The document is valid only by a legal extension. Confirm the extension: --set extensionConfirmed=true.")
def extension_is_confirmed(facts: Facts) -> bool:
    return facts.extension_confirmed or not facts.extended_by_law


@guard("The register found persons like this one.")
def no_match_found(facts: Facts) -> bool:
    return facts.matches == 0


@guard("The register found nobody like this one.")
def match_found(facts: Facts) -> bool:
    return facts.matches > 0


@guard("The register is tried again by itself; there is nothing to report yet.")
def retries_are_used_up(facts: Facts) -> bool:
    return not facts.retries_left


@guard("Only a first registration may create a number.")
def kind_is_registration(facts: Facts) -> bool:
    return facts.kind is RequestKind.REGISTRATION


@guard("Only a request for new keys.")
def kind_is_reactivation(facts: Facts) -> bool:
    return facts.kind is RequestKind.REACTIVATION


@guard("The number does not pass the check of its digits. Type it again.")
def number_is_valid(facts: Facts) -> bool:
    return facts.number_valid


@guard("The number does not agree with the declared birth date or sex.")
def number_is_consistent(facts: Facts) -> bool:
    return facts.number_consistent


@guard("The number agrees with the declared data.")
def number_is_inconsistent(facts: Facts) -> bool:
    return not facts.number_consistent


@guard("Refuse every candidate with a reason first.")
def all_candidates_refused(facts: Facts) -> bool:
    return facts.all_refused


@guard("This request has already led to a number; a second one is never created.")
def no_number_was_created(facts: Facts) -> bool:
    return not facts.number_created


@guard("The register answers by itself here; only a register that is kept by hand takes a typed number.")
def register_is_kept_by_hand(facts: Facts) -> bool:
    return facts.manual_register


@guard(
    "The creation has been called already and cannot be undone. After the issue the activation can be cancelled instead."
)
def creation_was_not_called(facts: Facts) -> bool:
    return not facts.creation_called


@guard("A creation cannot be undone. Cancel the activation instead: bisdesk activation cancel.")
def creation_can_be_undone(_: Facts) -> bool:
    return False


@guard("An activation for this request exists already.")
def no_activation_yet(facts: Facts) -> bool:
    return not facts.activation_exists


@guard("The activation is not there yet.")
def activation_exists(facts: Facts) -> bool:
    return facts.activation_exists


@guard("The person has no open or active profile.")
def person_has_a_profile(facts: Facts) -> bool:
    return facts.profile_exists


@guard(
    "Only a mail that carries no link and no code, that has left or come back and is still true, is sent again. "
    "Else: bisdesk activation resend, renew or resume, do REF reissue_code, or bisdesk message retry."
)
def message_can_be_repeated(facts: Facts) -> bool:
    return facts.message_repeatable


@guard("The same message was sent a moment ago. Wait a little before it is sent again.")
def resend_cooldown_is_over(facts: Facts) -> bool:
    return facts.cooldown_over
