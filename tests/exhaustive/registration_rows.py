"""What the handbook says of a BIS registration request, row by row, and the rows that are ours, with their reasons."""

from __future__ import annotations

from tests.exhaustive import registration_questions as ask
from tests.exhaustive.table import Expected, Need, need
from workflow.model import NEW, Role

DO, SD, SYS, REG = Role.END_USER, Role.SERVICE_DESK, Role.SYSTEM, Role.REGISTER
LEAD = Role.TEAM_LEAD  # may take over and spread the work (L2)

STATES = (
    NEW, "draft", "submitted", "in_review", "info_requested", "approved", "registering", "match_review", "registered",
    "completed", "stopped", "rejected", "withdrawn", "lapsed", "purged",
)  # fmt: skip

MAY_FILE = (
    need("entity_is_active", ask.ENTITY), need("filer_holds_both_rights", ask.RIGHTS),
    need("filer_signed_agreement", ask.AGREEMENT),
)  # fmt: skip
OWN_ENTITY = need("request_is_of_own_entity", ask.OWN)
COMPLETE = (
    *MAY_FILE, OWN_ENTITY, need("data_is_complete", ask.DATA), need("person_is_eligible", ask.ELIGIBLE),
    need("attachments_are_present", ask.PAPERS), need("all_checks_passed", ask.CHECKS),
    need("declared_after_check", ask.DECLARED), need("contacts_are_unique", ask.CONTACTS),
    need("residence_is_abroad", ask.ABROAD),
)  # fmt: skip
FOUR_EYES = need("actor_is_not_the_filer", ask.EYES)
NONE_CREATED = need("no_number_was_created", ask.NONE_CREATED)
WHY = need("reason_is_given", ask.REASON)
HAND = need("register_is_kept_by_hand", ask.BY_HAND)
FIRST_TIME = need("kind_is_registration", ask.KIND)

IDLE, ALERT = "start draft_idle: 30 days", "start queue_alert: 2 working days"
M6, TASK = "M6 to filer by email", "M10 to service_desk by task"
QUIET = {"stop all timers", "cancel all messages"}
END = frozenset({*QUIET, "start consultation: 1 months", "erase attachments", "free contacts", M6})
DONE = frozenset({"stop all timers", "start consultation: 1 months", "free contacts", "M4 to filer by email"})
REVIEW = frozenset({ALERT, TASK})
CALLED_OFF = {"cancel register_search", "cancel register_create"}
EDITABLE = ("draft", "info_requested")
UNDER_WAY = (
    "submitted", "in_review", "info_requested", "approved", "registering", "match_review", "registered",
)  # fmt: skip

HANDBOOK = (
    Expected(
        row="B1-1", on="create", source=(NEW,), to="draft", by=(DO,),
        needs=MAY_FILE, then=frozenset({IDLE}), proves=("3.3", "3.19", "B3b-draft_idle"),
    ),
    Expected(
        row="B1-2", on="record_check", source=EDITABLE, to=None, by=(DO,),
        needs=(OWN_ENTITY, need("step_is_next", ask.STEP, "first", "fifth")), proves=("3.20",),
    ),
    Expected(
        row="B1-2b", on="edit", source=("draft",), to=None, by=(DO,),
        needs=(OWN_ENTITY,), then=frozenset({IDLE}), proves=("B3b-draft_idle",),
    ),
    # While information is asked the 14 days of row 8 run, and an edit does not lengthen them.
    Expected(row="B1-2b", on="edit", source=("info_requested",), to=None, by=(DO,), needs=(OWN_ENTITY,)),
    Expected(
        row="B1-2b", on="change_document", source=("draft",), to=None, by=(DO,),
        needs=(OWN_ENTITY,), then=frozenset({IDLE, "erase attachments"}),
    ),
    Expected(
        row="B1-2b", on="change_document", source=("info_requested",), to=None, by=(DO,),
        needs=(OWN_ENTITY,), then=frozenset({"erase attachments"}),
    ),
    Expected(
        row="B1-3", on="check_failed", source=EDITABLE, to="stopped", by=(DO,),
        needs=(OWN_ENTITY, WHY), then=END, proves=("R6",),
    ),
    Expected(
        row="B1-4", on="submit", source=("draft",), to="submitted", by=(DO,),
        needs=COMPLETE, then=frozenset({"stop all timers", ALERT, "hold contacts", "M0 to filer by email"}),
        proves=("0.13", "3.19", "AM3-2", "B3b-queue_alert"),
    ),
    Expected(
        row="B1-5", on="take", source=("submitted",), to="in_review", by=(SD,),
        needs=(FOUR_EYES,), then=frozenset({ALERT}), proves=("3.5", "B3b-queue_alert"),
    ),
    Expected(row="B1-5b", on="release", source=("in_review",), to="submitted", by=(SD, LEAD), then=frozenset({ALERT})),
    Expected(
        row="B1-5b", on="reassign", source=("in_review",), to=None, by=(SD, LEAD),
        needs=(need("new_reviewer_is_not_the_filer", ask.GIVEN_TO),),
    ),
    Expected(
        row="B1-6", on="request_info", source=("in_review",), to="info_requested", by=(SD,),
        needs=(need("fields_are_named", ask.FIELDS),),
        then=frozenset({"stop all timers", "start info_deadline: 14 days", "M5 to filer by email"}),
        proves=("3.30", "AM3-4", "B3b-info_deadline"),
    ),
    Expected(
        row="B1-7", on="resubmit", source=("info_requested",), to="submitted", by=(DO,),
        needs=COMPLETE, then=frozenset({"stop all timers", ALERT, "hold contacts"}), proves=("3.30",),
    ),
    Expected(
        row="B1-8", on="info_deadline", source=("info_requested",), to="lapsed", by=(SYS,),
        then=END, proves=("B3b-info_deadline",),
    ),
    Expected(
        row="B1-8b", on="draft_idle", source=("draft",), to="lapsed", by=(SYS,),
        then=END, proves=("B3b-draft_idle",),
    ),
    Expected(
        row="B1-9", on="require_recreate", source=("in_review", "info_requested"), to="rejected", by=(SD,),
        needs=(WHY,), then=END, proves=("3.30", "AM3-4"),
    ),
    # A request in review has no number: the register leads back there only when nothing was created (row 19b).
    Expected(
        row="B1-10", on="reject", source=("in_review", "info_requested", "match_review"), to="rejected", by=(SD,),
        needs=(WHY, NONE_CREATED), then=END,
    ),
    Expected(
        row="B1-10", on="reject", source=("match_review",), to="rejected", by=(SD,),
        needs=(WHY,), then=END | {TASK},
    ),
    Expected(
        row="B1-11", on="approve", source=("in_review",), to="approved", by=(SD,),
        needs=(
            FOUR_EYES, need("approver_did_not_correct_it", ask.CORRECTED, "nobody did", "a colleague"),
            need("no_remark_is_open", ask.REMARKS), need("contacts_are_unique", ask.CONTACTS),
            need("extension_is_confirmed", ask.EXTENSION, "as printed", "printed, confirmed", "extended, confirmed"),
        ),
        then=frozenset({"stop all timers", "call register_search"}), proves=("3.5", "R8"),
    ),
    Expected(
        row="B1-12", on="search_done", source=("approved",), to="registering", by=(REG,),
        needs=(need("no_match_found", ask.MATCHES), FIRST_TIME), then=frozenset({ALERT, "call register_create"}),
        proves=("3.9", "3.31", "R8", "B3b-queue_alert"),
    ),
    Expected(
        row="B1-12b", on="search_done", source=("approved",), to="match_review", by=(REG,),
        needs=(need("no_match_found", ask.MATCHES), need("kind_is_reactivation", ask.KIND, "reactivation")),
        then=REVIEW, proves=("R9",),
    ),
    Expected(
        row="B1-13", on="search_done", source=("approved",), to="match_review", by=(REG,),
        needs=(need("match_found", ask.MATCHES, "one", "many"),), then=REVIEW, proves=("R8", "B3b-queue_alert"),
    ),
    Expected(
        row="B1-14", on="same_person", source=("match_review",), to="registered", by=(SD,),
        needs=(FOUR_EYES, need("number_is_valid", ask.DIGITS)), then=frozenset({"stop all timers"}),
    ),
    Expected(
        row="B1-15", on="different_person", source=("match_review",), to="registering", by=(SD,),
        needs=(FOUR_EYES, FIRST_TIME, NONE_CREATED, need("all_candidates_refused", ask.REFUSED_ALL)),
        then=frozenset({ALERT, "call register_create"}), proves=("R8", "R9"),
    ),
    Expected(
        row="B1-16", on="is_resident", source=("match_review",), to="rejected", by=(SD,),
        then=END, proves=("3.16",),
    ),
    Expected(
        row="B1-17", on="created", source=("registering",), to="registered", by=(REG,),
        needs=(need("number_is_consistent", ask.NUMBER, "fits"),), then=frozenset({"stop all timers"}),
        proves=("3.9", "3.31", "AM3-9"),
    ),
    Expected(
        row="B1-17b", on="created", source=("registering",), to="match_review", by=(REG,),
        needs=(need("number_is_inconsistent", ask.NUMBER, "contradicts", "wrong digits"),),
        then=REVIEW,
    ),
    Expected(
        row="B1-18", on="existing_persons", source=("registering",), to="match_review", by=(REG,),
        then=REVIEW, proves=("R8",),
    ),
    Expected(
        row="B1-19", on="temporary_error", source=("approved", "registering"), to=None, by=(REG,),
        needs=(need("retries_are_used_up", ask.USED_UP),), then=frozenset({TASK}),
    ),
    Expected(row="B1-19", on="temporary_error", source=("approved", "registering"), to=None, by=(REG,)),
    Expected(
        row="B1-19b", on="permanent_error", source=("approved", "registering"), to="in_review", by=(REG,),
        needs=(NONE_CREATED,), then=REVIEW, proves=("B3b-queue_alert",),
    ),
    Expected(
        row="B1-20", on="outcome_unknown", source=("registering",), to="approved", by=(REG,),
        then=frozenset({"stop all timers", "call register_search"}), proves=("R8",),
    ),
    Expected(
        row="B1-21", on="start_activation", source=("registered",), to=None, by=(SYS,),
        needs=(need("no_activation_yet", ask.NO_ACTIVATION),), then=frozenset({"open activation"}),
        proves=("3.9", "3.32"),
    ),
    Expected(
        row="B1-21b", on="activation_not_needed", source=("registered",), to="completed", by=(SYS,),
        needs=(need("person_has_a_profile", ask.PROFILE), FIRST_TIME), then=DONE,
    ),
    Expected(
        row="B1-22", on="complete", source=("registered",), to="completed", by=(SYS,),
        needs=(need("activation_exists", ask.ACTIVATION),), then=DONE, proves=("3.33", "R10", "B3b-consultation"),
    ),
    Expected(
        row="B1-23", on="consultation", source=("completed", "stopped", "rejected", "withdrawn", "lapsed"),
        to="purged", by=(SYS,),
        then=frozenset({*QUIET, "erase attachments", "erase secrets", "erase person"}),
        proves=("R10", "B3b-consultation"),
    ),
    Expected(
        row="B1-24", on="withdraw", source=("draft", "submitted", "in_review", "info_requested"), to="withdrawn",
        by=(DO, SD),
        needs=(OWN_ENTITY, WHY), then=END,
    ),
    Expected(
        row="B1-25", on="withdraw", source=("approved", "match_review"), to="withdrawn", by=(DO, SD),
        needs=(OWN_ENTITY, WHY, need("creation_was_not_called", ask.NOT_CALLED)), then=END, proves=("B1-26",),
    ),
    Expected(
        row="B1-26", on="withdraw", source=("registering", "registered", "completed"), to=None, by=(DO, SD),
        needs=(Need("creation_can_be_undone", ask.NEVER, ()),), proves=("R8",),
    ),
    Expected(
        row="B1-27", on="insz_replaced", source=("registered", "completed"), to=None, by=(REG,),
        needs=(need("number_is_valid", ask.DIGITS),),
    ),
)  # fmt: skip

ADDED = (
    Expected(
        row="B2-3", on="dispatch_failed", source=STATES[1:-1], to=None, by=(SYS,), then=frozenset({TASK}),
        why="a mail to the officer that does not arrive is permanent for it as well, so the desk is told (B3)",
    ),
    Expected(
        row="B1-alert", on="queue_alert", source=("submitted", "in_review", "match_review", "registering"), to=None,
        by=(SYS,),
        then=frozenset({TASK}), proves=("B3b-queue_alert",),
        why="the limit queue_alert needs an action of the clock to become visible",
    ),
    Expected(
        row="B1-19", on="retry", source=("approved", "registering"), to="approved", by=(SD,),
        then=frozenset({"stop all timers", *CALLED_OFF, "call register_search"}), proves=("R8",),
        why="row 19 lets the service desk retry after the alert; it is a search first, never a second creation",
    ),
    Expected(
        row="B1-14", on="same_person", source=("registering",), to="registered", by=(SD,),
        needs=(HAND, FOUR_EYES, need("number_is_valid", ask.DIGITS)), then=frozenset({"stop all timers", *CALLED_OFF}),
        why="where the register is kept by hand the desk may find that the person exists while a number is awaited",
    ),
    Expected(
        row="B1-17", on="created", source=("registering",), to="registered", by=(SD,),
        needs=(
            HAND, FOUR_EYES, need("number_is_valid", ask.NUMBER, "fits", "contradicts"),
            need("number_is_consistent", ask.NUMBER, "fits"),
        ),
        then=frozenset({"stop all timers", *CALLED_OFF}),
        why="where the register is kept by hand the desk types its answer",
    ),
    Expected(
        row="B1-17b", on="created", source=("registering",), to="match_review", by=(SD,),
        needs=(
            HAND, FOUR_EYES, need("number_is_valid", ask.NUMBER, "contradicts", "fits"),
            need("number_is_inconsistent", ask.NUMBER, "contradicts", "wrong digits"),
        ),
        then=REVIEW | CALLED_OFF,
        why="the same by hand; digits that do not hold together are a slip of typing, asked again",
    ),
    Expected(
        row="B3-resend", on="repeat_message", source=STATES[2:-1], to=None,
        by=(SD, Role.TEAM_LEAD, Role.OPERATOR),
        needs=(need("message_can_be_repeated", ask.REPEATABLE), need("resend_cooldown_is_over", ask.COOLED)),
        then=frozenset({"the same message again"}), why="a mail that came back, or that nobody can find, is sent again on request",
    ),
    Expected(
        row="B1-typo", on="correct_typo", source=("in_review",), to=None, by=(SD,), needs=(FOUR_EYES, WHY),
        why="a slip of the pen is mended with its reason instead of sending everything back; somebody else approves then",
    ),
    Expected(
        row="B1-fraud", on="flag_fraud", source=UNDER_WAY, to=None, by=(SD,),
        needs=(WHY,),
        why="a suspicion is told to the team lead without telling anybody else, not even by refusing a second one",
    ),
    Expected(
        row="B1-fraud", on="unflag_fraud", source=(*UNDER_WAY, "completed", "rejected", "withdrawn", "lapsed"), to=None,
        by=(Role.TEAM_LEAD,), needs=(need("fraud_is_suspected", ask.SUSPECTED), WHY),
        why="only the team lead, who alone sees a suspicion, lifts it",
    ),
    Expected(
        row="B1-audit", on="judge_approval",
        source=("approved", "registering", "match_review", "registered", "completed", "rejected", "withdrawn"), to=None,
        by=(Role.AUDITOR,),
        needs=(
            need("request_was_approved", ask.APPROVED), need("approval_is_not_judged_yet", ask.UNJUDGED),
            need("auditor_did_not_approve_it", ask.AUDITOR), WHY,
        ),
        why="every approval is judged afterwards by somebody who did not give it",
    ),
)  # fmt: skip

ROWS = HANDBOOK + ADDED
TRIGGERS = tuple(dict.fromkeys(row.on for row in ROWS))
