"""What the rows of a registration request ask about a case, every answer given as plain facts."""

from __future__ import annotations

from uuid import UUID

from tests.exhaustive.table import Question, yes_no
from workflow.model import RequestKind

ANNA, BART, CARLA = UUID(int=1), UUID(int=2), UUID(int=3)  # Anna files; Bart and Carla are other officers

ENTITY = yes_no("is the entity active?", entity_active=True)
RIGHTS = yes_no("does the officer hold both rights today?", rights_held=True)
AGREEMENT = yes_no("has the officer signed the agreement?", agreement_signed=True)
OWN = yes_no("is the request of the officer's own entity?", own_entity=True)
DATA = yes_no("is all required data there and right?", data_complete=True)
ELIGIBLE = yes_no("are conditions and purpose attested?", eligible=True)
ABROAD = yes_no("is the residence outside Belgium?", residence_abroad=True)
PAPERS = yes_no("are scan and declaration attached?", attachments_present=True)
DECLARED = yes_no("is the declaration of the check's day or later?", declared_after_check=True)
CONTACTS = yes_no("are e-mail and mobile nobody else's?", contacts_unique=True)
REASON = yes_no("is there a reason?", reason_given=True)
FIELDS = yes_no("is a field named?", fields_named=True)
DIGITS = yes_no("do the digits of the number hold together?", number_valid=True)
NONE_CREATED = yes_no("has this request led to no number yet?", number_created=False)
NOT_CALLED = yes_no("has the creation not been called?", creation_called=False)
REFUSED_ALL = yes_no("is every candidate refused?", all_refused=True)
BY_HAND = yes_no("is the register kept by hand?", manual_register=True)
USED_UP = yes_no("are the retries used up?", retries_left=False)
NO_ACTIVATION = yes_no("is there no activation for the request yet?", activation_exists=False)
ACTIVATION = yes_no("is there an activation for the request?", activation_exists=True)
PROFILE = yes_no("does the person have an open or active profile?", profile_exists=True)
NEVER = Question("can a creation be undone?", {"never": {}})
STEP = Question(
    "is it the next of the five checks?",
    {
        "first": {"step": 1, "steps_passed": 0},
        "fifth": {"step": 5, "steps_passed": 4},
        "again": {"step": 2, "steps_passed": 2},
        "one left out": {"step": 4, "steps_passed": 2},
    },
)
CHECKS = Question(
    "are all five checks passed?",
    {"five": {"steps_passed": 5}, "none": {"steps_passed": 0}, "four": {"steps_passed": 4}},
)
EYES = Question(
    "is it another pair of eyes?",
    {"a colleague": {"actor": BART, "filer": ANNA}, "the filer": {"actor": ANNA, "filer": ANNA}},
)
CORRECTED = Question(
    "did somebody else mend the typos?",
    {
        "nobody did": {"corrected_by": None},
        "a colleague": {"corrected_by": CARLA},
        "the approver": {"corrected_by": BART},
    },
)
APPROVED = Question("was it approved?", {"by a colleague": {"approved_by": ANNA}, "never": {"approved_by": None}})
AUDITOR = Question(
    "is the auditor another than the approver?",
    {"another": {"actor": BART}, "the approver": {"actor": ANNA}},
)
UNJUDGED = yes_no("is the approval not judged yet?", audited=False)
SUSPECTED = yes_no("is it flagged?", fraud_suspected=True)
GIVEN_TO = Question(
    "to whom is it given?",
    {
        "a colleague": {"assignee_to_be": BART, "filer": ANNA},
        "nobody": {"assignee_to_be": None, "filer": ANNA},
        "the filer": {"assignee_to_be": ANNA, "filer": ANNA},
    },
)
REMARKS = Question(
    "are remarks open?", {"none": {"open_remarks": 0}, "three": {"open_remarks": 3}, "one": {"open_remarks": 1}}
)
EXTENSION = Question(
    "is the document valid as printed, or extended and confirmed?",
    {
        "as printed": {"extended_by_law": False, "extension_confirmed": False},
        "printed, confirmed": {"extended_by_law": False, "extension_confirmed": True},
        "extended, confirmed": {"extended_by_law": True, "extension_confirmed": True},
        "extended, not confirmed": {"extended_by_law": True, "extension_confirmed": False},
    },
)
MATCHES = Question(
    "whom did the register find?", {"nobody": {"matches": 0}, "one": {"matches": 1}, "many": {"matches": 7}}
)
KIND = Question(
    "which kind of request is it?",
    {"registration": {"kind": RequestKind.REGISTRATION}, "reactivation": {"kind": RequestKind.REACTIVATION}},
)
NUMBER = Question(
    "does the new number fit the person?",
    {
        "fits": {"number_valid": True, "number_consistent": True},
        "contradicts": {"number_valid": True, "number_consistent": False},
        "wrong digits": {"number_valid": False, "number_consistent": False},
    },
)
REPEATABLE = yes_no("does it carry no secret, has it left, is it still true?", message_repeatable=True)
COOLED = yes_no("was the same message sent long enough ago?", cooldown_over=True)
