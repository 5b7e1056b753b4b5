"""The BIS registration request (`bisregistratie`): domain B1, after the Bisdesk manual, facts 3.20-3.33.

A state table and nothing else: reading a row tells all that will happen.
"""

from __future__ import annotations

from enum import StrEnum

from workflow.effects import (
    CallRegister,
    CancelMessages,
    CancelTimer,
    Days,
    Erase,
    Erasure,
    Months,
    Notify,
    OpenCase,
    ReleaseContacts,
    RepeatMessage,
    ReserveContacts,
    WorkingDays,
)
from workflow.effects import StartTimer as Start
from workflow.lifecycles.registration_guards import (
    Facts,
    activation_exists,
    actor_is_not_the_filer,
    all_candidates_refused,
    all_checks_passed,
    approval_is_not_judged_yet,
    approver_did_not_correct_it,
    attachments_are_present,
    auditor_did_not_approve_it,
    contacts_are_unique,
    creation_can_be_undone,
    creation_was_not_called,
    data_is_complete,
    declared_after_check,
    entity_is_active,
    extension_is_confirmed,
    fields_are_named,
    filer_holds_both_rights,
    filer_signed_agreement,
    fraud_is_suspected,
    kind_is_reactivation,
    kind_is_registration,
    match_found,
    message_can_be_repeated,
    new_reviewer_is_not_the_filer,
    no_activation_yet,
    no_match_found,
    no_number_was_created,
    no_remark_is_open,
    number_is_consistent,
    number_is_inconsistent,
    number_is_valid,
    person_has_a_profile,
    person_is_eligible,
    reason_is_given,
    register_is_kept_by_hand,
    request_is_of_own_entity,
    request_was_approved,
    resend_cooldown_is_over,
    residence_is_abroad,
    retries_are_used_up,
    step_is_next,
)  # fmt: skip
from workflow.machine import Lifecycle, Row
from workflow.model import NEW, Role
from workflow.outbox import Audience, Channel, MessageKind

CONSULTATION_MONTHS = 1  # 3.33: the request stays consultable up to one month; anchor by reading 10


class State(StrEnum):
    """The states of a request; each comment says whose turn it is."""

    DRAFT = "draft"  # the desk officer
    SUBMITTED = "submitted"  # the service desk, to take it
    IN_REVIEW = "in_review"  # the service desk agent who took it
    INFO_REQUESTED = "info_requested"  # the desk officer, within 14 days
    APPROVED = "approved"  # the register, to search
    REGISTERING = "registering"  # the register, to create
    MATCH_REVIEW = "match_review"  # the service desk: is it the same person?
    REGISTERED = "registered"  # the engine, in the same transaction
    COMPLETED = "completed"  # nobody; consultable for one month
    STOPPED = "stopped"  # nobody; a document check refuted the identity
    REJECTED = "rejected"  # nobody
    WITHDRAWN = "withdrawn"  # nobody
    LAPSED = "lapsed"  # nobody
    PURGED = "purged"  # nobody; only the audit skeleton is left


class Trigger(StrEnum):
    """What can be done to a request; the timers carry the names of domain B3b."""

    CREATE = "create"
    RECORD_CHECK = "record_check"
    EDIT = "edit"
    CHANGE_DOCUMENT = "change_document"
    CHECK_FAILED = "check_failed"
    SUBMIT = "submit"
    TAKE = "take"
    RELEASE = "release"
    REASSIGN = "reassign"
    REQUEST_INFO = "request_info"
    RESUBMIT = "resubmit"
    T0 = "draft_idle"
    T1 = "info_deadline"
    T2 = "consultation"
    ALERT = "queue_alert"
    DISPATCH_FAILED = "dispatch_failed"
    REQUIRE_RECREATE = "require_recreate"
    REJECT = "reject"
    APPROVE = "approve"
    SEARCH_DONE = "search_done"
    SAME_PERSON = "same_person"
    DIFFERENT_PERSON = "different_person"
    IS_RESIDENT = "is_resident"
    CREATED = "created"
    EXISTING_PERSONS = "existing_persons"
    TEMPORARY_ERROR = "temporary_error"
    RETRY = "retry"
    PERMANENT_ERROR = "permanent_error"
    OUTCOME_UNKNOWN = "outcome_unknown"
    START_ACTIVATION = "start_activation"
    ACTIVATION_NOT_NEEDED = "activation_not_needed"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    INSZ_REPLACED = "insz_replaced"
    REPEAT_MESSAGE = "repeat_message"
    CORRECT_TYPO = "correct_typo"
    JUDGE_APPROVAL = "judge_approval"
    FLAG_FRAUD = "flag_fraud"
    UNFLAG_FRAUD = "unflag_fraud"


S, T, M = State, Trigger, MessageKind
DO, SD, SYS, REG = Role.END_USER, Role.SERVICE_DESK, Role.SYSTEM, Role.REGISTER
LEAD, AUD = Role.TEAM_LEAD, Role.AUDITOR
MAY_FILE = (entity_is_active, filer_holds_both_rights, filer_signed_agreement)
COMPLETE = (
    request_is_of_own_entity, *MAY_FILE, data_is_complete, person_is_eligible, residence_is_abroad, all_checks_passed,
    declared_after_check, attachments_are_present, contacts_are_unique,
)  # fmt: skip

IDLE = Start(T.T0, Days("draft_idle_days"))
ALERT = Start(T.ALERT, WorkingDays("queue_alert_working_days"))
PURGE_LATER = Start(T.T2, Months(CONSULTATION_MONTHS))
ERASE_SCANS = Erase(Erasure.ATTACHMENTS)
SEARCH, CREATE = CallRegister(M.SEARCH), CallRegister(M.CREATE)
DESK_TASK = Notify(M.M10, Audience.SERVICE_DESK, Channel.TASK)
TELL_FILER = Notify(M.M6, Audience.FILER)
END = (CancelTimer(), CancelMessages(), PURGE_LATER, ERASE_SCANS, ReleaseContacts(), TELL_FILER)
DONE = (CancelTimer(), PURGE_LATER, ReleaseContacts(), Notify(M.M4, Audience.FILER))
EDITABLE = (S.DRAFT, S.INFO_REQUESTED)
WAITING_FOR_DESK = (S.SUBMITTED, S.IN_REVIEW, S.MATCH_REVIEW, S.REGISTERING)

KEEPERS = (Role.SERVICE_DESK, Role.TEAM_LEAD, Role.OPERATOR)
FILED = tuple(state for state in State if state not in (S.DRAFT, S.PURGED))
FILED_OR_DRAFT = (S.DRAFT, *FILED)
UNDER_WAY = (S.SUBMITTED, S.IN_REVIEW, S.INFO_REQUESTED, S.APPROVED, S.REGISTERING, S.MATCH_REVIEW, S.REGISTERED)
WAS_APPROVED = (S.APPROVED, S.REGISTERING, S.MATCH_REVIEW, S.REGISTERED, S.COMPLETED, S.REJECTED, S.WITHDRAWN)

# fmt: off
ROWS: tuple[Row[Facts], ...] = (
    #   on                       from               to                by             when                                                     then
    Row(T.CREATE,                NEW,               S.DRAFT,          (DO,),         MAY_FILE,                                                (IDLE,), "B1-1"),
    Row(T.RECORD_CHECK,          EDITABLE,          None,             (DO,),         (request_is_of_own_entity, step_is_next),                (), "B1-2"),
    Row(T.EDIT,                  S.DRAFT,           None,             (DO,),         (request_is_of_own_entity,),                             (IDLE,), "B1-2b"),
    Row(T.EDIT,                  S.INFO_REQUESTED,  None,             (DO,),         (request_is_of_own_entity,),                             (), "B1-2b"),
    Row(T.CHANGE_DOCUMENT,       S.DRAFT,           None,             (DO,),         (request_is_of_own_entity,),                             (IDLE, ERASE_SCANS), "B1-2b"),
    Row(T.CHANGE_DOCUMENT,       S.INFO_REQUESTED,  None,             (DO,),         (request_is_of_own_entity,),                             (ERASE_SCANS,), "B1-2b"),
    Row(T.CHECK_FAILED,          EDITABLE,          S.STOPPED,        (DO,),         (request_is_of_own_entity, reason_is_given),             END, "B1-3"),
    Row(T.SUBMIT,                S.DRAFT,           S.SUBMITTED,      (DO,),         COMPLETE,                                                (CancelTimer(), ALERT, ReserveContacts(), Notify(M.M0, Audience.FILER)), "B1-4"),
    Row(T.TAKE,                  S.SUBMITTED,       S.IN_REVIEW,      (SD,),         (actor_is_not_the_filer,),                               (ALERT,), "B1-5"),
    Row(T.RELEASE,               S.IN_REVIEW,       S.SUBMITTED,      (SD, LEAD),       (),                                                      (ALERT,), "B1-5b"),
    Row(T.REASSIGN,              S.IN_REVIEW,       None,             (SD, LEAD),       (new_reviewer_is_not_the_filer,),                        (), "B1-5b"),
    Row(T.REQUEST_INFO,          S.IN_REVIEW,       S.INFO_REQUESTED, (SD,),         (fields_are_named,),                                     (CancelTimer(), Start(T.T1, Days("info_days")), Notify(M.M5, Audience.FILER)), "B1-6"),
    Row(T.RESUBMIT,              S.INFO_REQUESTED,  S.SUBMITTED,      (DO,),         COMPLETE,                                                (CancelTimer(), ALERT, ReserveContacts()), "B1-7"),
    Row(T.T1,                    S.INFO_REQUESTED,  S.LAPSED,         (SYS,),        (),                                                      END, "B1-8"),
    Row(T.T0,                    S.DRAFT,           S.LAPSED,         (SYS,),        (),                                                      END, "B1-8b"),
    Row(T.REQUIRE_RECREATE,      (S.IN_REVIEW, S.INFO_REQUESTED),
                                                    S.REJECTED,       (SD,),         (reason_is_given,),                                      END, "B1-9"),
    Row(T.REJECT,                (S.IN_REVIEW, S.INFO_REQUESTED, S.MATCH_REVIEW),
                                                    S.REJECTED,       (SD,),         (reason_is_given, no_number_was_created),                END, "B1-10"),
    Row(T.REJECT,                S.MATCH_REVIEW,    S.REJECTED,       (SD,),         (reason_is_given,),                                      (*END, DESK_TASK), "B1-10"),
    Row(T.APPROVE,               S.IN_REVIEW,       S.APPROVED,       (SD,),         (actor_is_not_the_filer, approver_did_not_correct_it, no_remark_is_open, contacts_are_unique, extension_is_confirmed), (CancelTimer(), SEARCH), "B1-11"),
    Row(T.SEARCH_DONE,           S.APPROVED,        S.REGISTERING,    (REG,),        (no_match_found, kind_is_registration),                  (ALERT, CREATE), "B1-12"),
    Row(T.SEARCH_DONE,           S.APPROVED,        S.MATCH_REVIEW,   (REG,),        (no_match_found, kind_is_reactivation),                  (ALERT, DESK_TASK), "B1-12b"),
    Row(T.SEARCH_DONE,           S.APPROVED,        S.MATCH_REVIEW,   (REG,),        (match_found,),                                          (ALERT, DESK_TASK), "B1-13"),
    Row(T.SAME_PERSON,           S.MATCH_REVIEW,    S.REGISTERED,     (SD,),         (actor_is_not_the_filer, number_is_valid),               (CancelTimer(),), "B1-14"),
    Row(T.SAME_PERSON,           S.REGISTERING,     S.REGISTERED,     (SD,),         (register_is_kept_by_hand, actor_is_not_the_filer, number_is_valid), (CancelTimer(), CancelMessages((M.SEARCH, M.CREATE))), "B1-14"),
    Row(T.DIFFERENT_PERSON,      S.MATCH_REVIEW,    S.REGISTERING,    (SD,),         (actor_is_not_the_filer, kind_is_registration, no_number_was_created, all_candidates_refused), (ALERT, CREATE), "B1-15"),
    Row(T.IS_RESIDENT,           S.MATCH_REVIEW,    S.REJECTED,       (SD,),         (),                                                      END, "B1-16"),
    Row(T.CREATED,               S.REGISTERING,     S.REGISTERED,     (REG,),        (number_is_valid, number_is_consistent),                 (CancelTimer(),), "B1-17"),
    Row(T.CREATED,               S.REGISTERING,     S.REGISTERED,     (SD,),         (register_is_kept_by_hand, actor_is_not_the_filer, number_is_valid, number_is_consistent), (CancelTimer(), CancelMessages((M.SEARCH, M.CREATE))), "B1-17"),
    Row(T.CREATED,               S.REGISTERING,     S.MATCH_REVIEW,   (REG,),        (number_is_inconsistent,),                               (ALERT, DESK_TASK), "B1-17b"),
    Row(T.CREATED,               S.REGISTERING,     S.MATCH_REVIEW,   (SD,),         (register_is_kept_by_hand, actor_is_not_the_filer, number_is_valid, number_is_inconsistent), (ALERT, DESK_TASK, CancelMessages((M.SEARCH, M.CREATE))), "B1-17b"),
    Row(T.EXISTING_PERSONS,      S.REGISTERING,     S.MATCH_REVIEW,   (REG,),        (),                                                      (ALERT, DESK_TASK), "B1-18"),
    Row(T.TEMPORARY_ERROR,       (S.APPROVED, S.REGISTERING),
                                                    None,             (REG,),        (retries_are_used_up,),                                  (DESK_TASK,), "B1-19"),
    Row(T.TEMPORARY_ERROR,       (S.APPROVED, S.REGISTERING),
                                                    None,             (REG,),        (),                                                      (), "B1-19"),
    Row(T.RETRY,                 (S.APPROVED, S.REGISTERING),
                                                    S.APPROVED,       (SD,),         (),                                                      (CancelTimer(), CancelMessages((M.SEARCH, M.CREATE)), SEARCH), "B1-19"),
    Row(T.PERMANENT_ERROR,       (S.APPROVED, S.REGISTERING),
                                                    S.IN_REVIEW,      (REG,),        (no_number_was_created,),                                (ALERT, DESK_TASK), "B1-19b"),
    Row(T.OUTCOME_UNKNOWN,       S.REGISTERING,     S.APPROVED,       (REG,),        (),                                                      (CancelTimer(), SEARCH), "B1-20"),
    Row(T.START_ACTIVATION,      S.REGISTERED,      None,             (SYS,),        (no_activation_yet,),                                    (OpenCase("activation"),), "B1-21"),
    Row(T.ACTIVATION_NOT_NEEDED, S.REGISTERED,      S.COMPLETED,      (SYS,),        (kind_is_registration, person_has_a_profile),            DONE, "B1-21b"),
    Row(T.COMPLETE,              S.REGISTERED,      S.COMPLETED,      (SYS,),        (activation_exists,),                                    DONE, "B1-22"),
    Row(T.T2,                    (S.COMPLETED, S.STOPPED, S.REJECTED, S.WITHDRAWN, S.LAPSED),
                                                    S.PURGED,         (SYS,),        (),                                                      (CancelTimer(), CancelMessages(), ERASE_SCANS, Erase(Erasure.SECRETS), Erase(Erasure.PERSON)), "B1-23"),
    Row(T.WITHDRAW,              (S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.INFO_REQUESTED),
                                                    S.WITHDRAWN,      (DO, SD),      (request_is_of_own_entity, reason_is_given),             END, "B1-24"),
    Row(T.WITHDRAW,              (S.APPROVED, S.MATCH_REVIEW),
                                                    S.WITHDRAWN,      (DO, SD),      (request_is_of_own_entity, creation_was_not_called, reason_is_given), END, "B1-25"),
    Row(T.WITHDRAW,              (S.REGISTERING, S.REGISTERED, S.COMPLETED),
                                                    None,             (DO, SD),      (creation_can_be_undone,),                               (), "B1-26"),
    Row(T.REPEAT_MESSAGE,        FILED,            None,               KEEPERS,     (message_can_be_repeated, resend_cooldown_is_over),                   (RepeatMessage(),), "B3-resend"),
    Row(T.INSZ_REPLACED,         (S.REGISTERED, S.COMPLETED),
                                                    None,             (REG,),        (number_is_valid,),                                      (), "B1-27"),
    Row(T.CORRECT_TYPO,          S.IN_REVIEW,       None,             (SD,),         (actor_is_not_the_filer, reason_is_given),               (), "B1-typo"),
    Row(T.FLAG_FRAUD,            UNDER_WAY,         None,             (SD,),         (reason_is_given,),                                      (), "B1-fraud"),
    Row(T.UNFLAG_FRAUD,          (*UNDER_WAY, S.COMPLETED, S.REJECTED, S.WITHDRAWN, S.LAPSED),
                                                    None,             (LEAD,),       (fraud_is_suspected, reason_is_given),                   (), "B1-fraud"),
    Row(T.JUDGE_APPROVAL,        WAS_APPROVED,      None,             (AUD,),        (request_was_approved, approval_is_not_judged_yet, auditor_did_not_approve_it, reason_is_given), (), "B1-audit"),
    Row(T.DISPATCH_FAILED,       FILED_OR_DRAFT,    None,             (SYS,),        (),                                                      (DESK_TASK,), "B2-3"),
    Row(T.ALERT,                 WAITING_FOR_DESK,  None,             (SYS,),        (),                                                      (DESK_TASK,), "B1-alert"),
)
# fmt: on

EVENTS: dict[str, str | dict[str, str]] = {
    T.CREATE: "request.created",
    T.RECORD_CHECK: "request.check_recorded",
    T.EDIT: "request.edited",
    T.CHANGE_DOCUMENT: "request.document_changed",
    T.CHECK_FAILED: "request.stopped",
    T.SUBMIT: "request.submitted",
    T.TAKE: "request.taken",
    T.RELEASE: "request.released",
    T.REASSIGN: "request.reassigned",
    T.REQUEST_INFO: "request.info_requested",
    T.RESUBMIT: "request.resubmitted",
    T.T0: "request.draft_lapsed",
    T.T1: "request.lapsed",
    T.T2: "request.purged",
    T.ALERT: "request.waited_too_long",
    T.REQUIRE_RECREATE: "request.recreation_required",
    T.REJECT: "request.rejected",
    T.APPROVE: "request.approved",
    T.SEARCH_DONE: {S.REGISTERING: "request.no_match_found", S.MATCH_REVIEW: "request.search_needs_review"},
    T.SAME_PERSON: "request.same_person_confirmed",
    T.DIFFERENT_PERSON: "request.different_person_confirmed",
    T.IS_RESIDENT: "request.found_resident",
    T.CREATED: {S.REGISTERED: "request.number_created", S.MATCH_REVIEW: "request.number_inconsistent"},
    T.EXISTING_PERSONS: "request.existing_persons_found",
    T.TEMPORARY_ERROR: "request.register_unavailable",
    T.RETRY: "request.register_retried",
    T.PERMANENT_ERROR: "request.register_refused",
    T.OUTCOME_UNKNOWN: "request.register_outcome_unknown",
    T.START_ACTIVATION: "request.activation_started",
    T.ACTIVATION_NOT_NEEDED: "request.completed",
    T.COMPLETE: "request.completed",
    T.WITHDRAW: "request.withdrawn",
    T.REPEAT_MESSAGE: "request.message_repeated",
    T.DISPATCH_FAILED: "request.dispatch_failed",
    T.INSZ_REPLACED: "request.number_replaced",
    T.CORRECT_TYPO: "request.typo_corrected",
    T.FLAG_FRAUD: "request.fraud_suspected",
    T.UNFLAG_FRAUD: "request.fraud_suspicion_lifted",
    T.JUDGE_APPROVAL: "request.approval_judged",
}

registration: Lifecycle[Facts] = Lifecycle(
    name="registration",
    states=State,
    final=frozenset({S.PURGED}),
    closed=frozenset({S.COMPLETED, S.STOPPED, S.REJECTED, S.WITHDRAWN, S.LAPSED, S.PURGED}),
    may_wait=frozenset({S.SUBMITTED, S.IN_REVIEW, S.MATCH_REVIEW, S.REGISTERING, S.APPROVED}),
    waits_days=63,  # a draft of 30 days and the month of consultation, each through its last day
    events=EVENTS,
    rows=ROWS,
    inner=frozenset({T.RECORD_CHECK}),
    deadlines=frozenset({T.T0, T.T1, T.ALERT}),
)
