"""What the handbook says of an activation, row by row, and the rows that are ours, with their reasons."""

from __future__ import annotations

from tests.exhaustive import activation_questions as ask
from tests.exhaustive.table import Expected, need
from workflow.model import NEW, Role

APP, DO, SD, SYS, REG = Role.APPLICANT, Role.END_USER, Role.SERVICE_DESK, Role.SYSTEM, Role.REGISTER

STATES = (
    NEW, "issuing", "awaiting_code", "link_expired", "profile_activated", "key_setup", "active", "blocked_attempts",
    "blocked_timeout", "cancelled", "expired",
)  # fmt: skip
FINAL = ("blocked_attempts", "blocked_timeout", "cancelled", "expired")
OPEN = ("issuing", "awaiting_code", "link_expired", "profile_activated", "key_setup", "active")
WAITING = ("issuing", "awaiting_code", "link_expired")
SETTING_UP = ("profile_activated", "key_setup")

SMS, PAPER = need("is_sms", ask.CHANNEL), need("is_paper", ask.CHANNEL, "paper")
ISSUABLE, UNIQUE = need("can_be_issued", ask.ISSUABLE), need("contact_is_unique", ask.CONTACT)
LIMIT, VALID = need("before_the_limit", ask.LIMIT), need("link_is_valid", ask.VALID)
LIMIT_IF_ANY = need(
    "is_before_limit_or_not_anchored", ask.BEFORE_LIMIT_IF_ANY, "they run", "they have not begun",
    "not begun, whatever the clock says",
)  # fmt: skip
RIGHT, WRONG = need("code_is_right", ask.CODE), need("code_is_wrong", ask.CODE, "wrong")
TOKEN = need("applicant_holds_latest_token", ask.TOKEN)
APP_KEY, SMS_KEY = need("key_is_an_app", ask.KEY), need("key_is_by_sms", ask.KEY, "sms")
MOBILE, ACCOUNT = need("sms_key_is_possible", ask.MOBILE), need("account_is_acceptable", ask.ACCOUNT)
NEVER_DELIVERED = need("code_was_never_delivered", ask.NEVER_DELIVERED)
SIGNED_IN, OTP = need("signed_in_with_a_key", ask.SIGNED_IN), need("one_time_code_is_right", ask.OTP)

M1, M2, M3 = "M1 to applicant by email", "M2 to applicant by email", "M3 to applicant by sms"
LETTER, M15 = "M3 to applicant by letter", "M15 to applicant by sms"
M11, M12, M13 = (f"{kind} to applicant by email" for kind in ("M11", "M12", "M13"))
TASK = "M10 to service_desk by task"
STUCK = "start issuing_stuck: stuck_at"
T14, T30 = "start link_validity: link_expires_at", "start activation_limit: blocks_at"
RUNGS = frozenset({"start link_reminder_1: reminder_1_at", "start link_reminder_2: reminder_2_at"})
LAST_RUNG = "start limit_reminder: limit_reminder_at"
NO_RUNGS = frozenset({"stop link_reminder_1", "stop link_reminder_2"})
M7 = frozenset({"M7 to applicant by email"})
OLD_LINK = {"cancel M1", "cancel M8"}
CODE_SMS = {"cancel M15", M15}
END = frozenset(
    {"stop all timers", "cancel all messages", "erase secrets", "free contacts", "start holder_purge: 1 months"}
)
BLOCKED = END | {"M9 to applicant by email", "M9 to filer by email"}
KEYS_RUN = {"start key_reminder: key_reminder_at", "start key_validity: keys_expire_at"}

LADDER = (
    ("link_reminder_1", ("awaiting_code",)),
    ("link_reminder_2", ("awaiting_code",)),
    ("limit_reminder", ("awaiting_code", "link_expired")),
)

HANDBOOK = (
    Expected(
        row="B2-1", on="issue", source=(NEW,), to="issuing", by=(SYS, DO),
        needs=(ISSUABLE, UNIQUE, SMS), then=frozenset({"hold contacts", M1, M2, M3, STUCK}),
        proves=("3.10", "3.32", "0.5", "B3b-issuing_stuck"),
    ),
    Expected(
        row="B2-1", on="issue", source=(NEW,), to="issuing", by=(SYS, DO),
        needs=(ISSUABLE, UNIQUE, PAPER), then=frozenset({"hold contacts", M1, LETTER, STUCK}),
        proves=("1.5", "0.14"),
    ),
    Expected(
        row="B2-2", on="dispatched", source=("issuing",), to="awaiting_code", by=(SYS,),
        needs=(need("link_and_code_are_handed_over", ask.HANDED_OVER),),
        then=frozenset({"stop issuing_stuck", T14, T30, *RUNGS, LAST_RUNG}), proves=("R1", "R2"),
    ),
    Expected(row="B2-3", on="dispatch_failed", source=("issuing",), to=None, by=(SYS,), then=frozenset({TASK})),
    Expected(
        row="B2-3b", on="correct_email", source=WAITING, to="issuing", by=(SD,),
        needs=(
            need("mail_failed", ask.MAIL_FAILED), need("new_contact_is_confirmed", ask.CONFIRMED), UNIQUE, LIMIT_IF_ANY,
        ),
        then=frozenset({"stop link_validity", *NO_RUNGS, "stop limit_reminder", *OLD_LINK, "hold contacts", M1, STUCK}),
    ),
    Expected(
        row="B2-3c", on="reissue_code", source=("issuing", "awaiting_code"), to=None, by=(SD,),
        needs=(NEVER_DELIVERED, need("reissues_are_left", ask.REISSUES), LIMIT_IF_ANY, SMS),
        then=frozenset({"cancel M3", M3}),
    ),
    Expected(row="B2-4", on="open_link", source=("awaiting_code",), to=None, by=(APP,), needs=(VALID,), proves=("R1",)),
    Expected(
        row="B2-5", on="submit_code", source=("awaiting_code",), to="profile_activated", by=(APP,),
        needs=(RIGHT,),
        then=frozenset(
            {
                "stop all timers", "cancel all messages", "erase secrets", "start setup_idle: 90 days",
                "start setup_reminder: 14 days",
            }
        ),
        proves=("3.4", "3.10", "3.38", "B3b-setup_idle"),
    ),
    Expected(
        row="B2-7", on="submit_code", source=("awaiting_code",), to="blocked_attempts", by=(APP,),
        needs=(WRONG, need("last_try", ask.TRY, "third")), then=BLOCKED, proves=("3.36", "R3", "B3b-max_attempts"),
    ),
    Expected(
        row="B2-6", on="submit_code", source=("awaiting_code",), to=None, by=(APP,),
        needs=(
            WRONG, need("not_last_try", ask.TRY, "first", "second"),
            need("no_other_try_is_judged", ask.COUNTED, "one", "two"),
        ),
        then=frozenset({"stop crashed_try"}), proves=("3.36", "R3", "B3b-max_attempts"),
    ),
    Expected(
        row="B2-7b", on="crashed_try", source=("awaiting_code", "link_expired"), to="blocked_attempts", by=(SYS,),
        needs=(need("all_tries_are_counted", ask.COUNTED, "all three"),), then=BLOCKED, proves=("3.36", "R3"),
    ),
    Expected(
        row="B2-8", on="link_validity", source=("awaiting_code",), to="link_expired", by=(SYS,),
        needs=(LIMIT,), then=NO_RUNGS, proves=("3.34", "3.36", "R1", "B3b-link_validity"),
    ),
    Expected(
        row="B2-9", on="renew_link", source=("link_expired",), to="awaiting_code", by=(APP, SD),
        needs=(LIMIT, TOKEN, need("issuer_allows_renewal", ask.RENEWABLE), need("not_renewed_today", ask.NOT_RENEWED)),
        then=frozenset({*OLD_LINK, "M8 to applicant by email", T14, *RUNGS}),
        proves=("3.34", "3.36", "AM3-6", "R2", "B3b-renewals"),
    ),
    Expected(
        row="B2-9b", on="resend_link", source=("awaiting_code",), to=None, by=(APP, SD),
        needs=(LIMIT, VALID, TOKEN, need("not_repeated_today", ask.NOT_REPEATED)), then=frozenset({*OLD_LINK, M1}),
    ),
    Expected(
        row="B2-10", on="activation_limit", source=("issuing",), to="blocked_timeout", by=(SYS,),
        needs=(need("link_is_anchored", ask.ANCHORED),), then=BLOCKED, proves=("3.36", "R2", "B3b-activation_limit"),
    ),
    Expected(
        row="B2-10", on="activation_limit", source=("awaiting_code", "link_expired"), to="blocked_timeout",
        by=(SYS,),
        then=BLOCKED, proves=("3.36", "R2", "B3b-activation_limit"),
    ),
    Expected(
        row="B2-11", on="choose_key", source=SETTING_UP, to="key_setup", by=(APP,),
        needs=(APP_KEY, ACCOUNT), proves=("3.11", "3.37"),
    ),
    Expected(
        row="B2-11", on="choose_key", source=SETTING_UP, to="key_setup", by=(APP,),
        needs=(SMS_KEY, MOBILE, ACCOUNT), then=frozenset(CODE_SMS), proves=("3.11", "3.37"),
    ),
    Expected(
        row="B2-11b", on="resume", source=SETTING_UP, to=None, by=(APP,),
        needs=(need("resume_proof_is_right", ask.RESUME),),
    ),
    Expected(
        row="B2-12", on="confirm_key", source=("key_setup",), to="active", by=(APP,),
        needs=(OTP,), then=frozenset({"stop all timers", M11, *KEYS_RUN}), proves=("3.12",),
    ),
    Expected(
        row="B2-13", on="add_key", source=("active",), to=None, by=(APP,),
        needs=(SIGNED_IN, APP_KEY), proves=("3.37",),
    ),
    Expected(
        row="B2-13", on="add_key", source=("active",), to=None, by=(APP,),
        needs=(SIGNED_IN, SMS_KEY, MOBILE), then=frozenset(CODE_SMS), proves=("3.37",),
    ),
    Expected(
        row="B2-13", on="confirm_key", source=("active",), to=None, by=(APP,),
        needs=(OTP,), then=frozenset({M11, *KEYS_RUN}),
    ),
    Expected(
        row="B2-13", on="remove_key", source=("active",), to=None, by=(APP,),
        needs=(SIGNED_IN, need("key_is_not_the_last", ask.ANOTHER_KEY)), then=frozenset({M11, *KEYS_RUN}),
    ),
    Expected(
        row="B2-14", on="cancel", source=OPEN, to="cancelled", by=(SD, SYS),
        needs=(need("reason_is_given", ask.REASON),), then=END | {M12},
    ),
    Expected(
        row="B2-14b", on="setup_idle", source=SETTING_UP, to="cancelled", by=(SYS,),
        then=END | {M12}, proves=("B3b-setup_idle",),
    ),
    Expected(row="B2-14b", on="setup_reminder", source=SETTING_UP, to=None, by=(SYS,), then=frozenset({M13})),
    Expected(
        row="B2-15", on="key_reminder", source=("active",), to=None, by=(SYS,),
        then=frozenset({"M14 to applicant by email"}), proves=("B3b-key_reminder",),
    ),
    Expected(
        row="B2-15", on="key_validity", source=("active",), to="expired", by=(SYS,),
        then=END, proves=("B3b-key_validity",),
    ),
    Expected(row="B2-16", on="new_request", source=(*OPEN, *FINAL), to=None, by=(DO,), proves=("3.36", "R9")),
    Expected(row="B1-27", on="insz_replaced", source=OPEN, to=None, by=(REG,)),
)  # fmt: skip

TIMELY, ARRIVES = need("reminder_is_timely", ask.TIMELY), need("mail_arrives", ask.ARRIVES)
ADDED = (
    Expected(
        row="B3-repeat", on="repeat_code", source=WAITING, to=None, by=(SYS,),
        needs=(need("code_was_lost_on_the_way", ask.LOST), LIMIT_IF_ANY, SMS), then=frozenset({M3}),
        why="a retry after `undelivered` is a new row with the same code (B3)",
    ),
    *(
        Expected(
            row="B3-M7", on=rung, source=source, to=None, by=(SYS,), needs=(TIMELY, ARRIVES), then=M7,
            why="the ladder of reminders that the catalogue of messages names (B3)",
        )
        for rung, source in LADDER
    ),
    *(
        Expected(
            row="B3-M7", on=rung, source=source, to=None, by=(SYS,), where={ask.TIMELY: "no", ask.ARRIVES: "no"},
            why="a rung that is passed over is marked too, so that it never comes again",
        )
        for rung, source in LADDER
    ),
    Expected(
        row="B2-2", on="accepted", source=("issuing",), to=None, by=(SYS,),
        needs=(need("first_message_is_accepted", ask.FIRST_ACCEPTED),), then=frozenset({T30}), proves=("R2",),
        why="the first accepted message anchors the 30 days even while the other one is still on its way",
    ),
    Expected(
        row="B2-2b", on="refuse_try", source=(*OPEN, *FINAL), to=None, by=(APP,),
        why="a code typed where none is judged leaves a trace, costs nothing and changes nothing",
    ),
    Expected(
        row="B2-3", on="dispatch_failed", source=(*STATES[2:],), to=None, by=(SYS,),
        then=frozenset({TASK}),
        why="a bounce or an undelivered SMS may be told late, and news of keys, blocks and ends can be lost as well",
    ),
    Expected(
        row="B2-3", on="issuing_stuck", source=("issuing",), to=None, by=(SYS,),
        then=frozenset({TASK}), proves=("B3b-issuing_stuck",),
        why="the limit issuing_stuck needs an action of the clock",
    ),
    Expected(
        row="B2-3c", on="reissue_code", source=("link_expired",), to=None, by=(SD,),
        needs=(NEVER_DELIVERED, need("reissues_are_left", ask.REISSUES), LIMIT_IF_ANY, SMS),
        then=frozenset({"cancel M3", M3}),
        why="a code that never came needs a new one also when the link ran out meanwhile; the link can be renewed",
    ),
    Expected(
        row="B2-remint", on="remint", source=("issuing",), to=None, by=(SYS,),
        needs=(need("nothing_was_accepted", ask.NOTHING_ACCEPTED), need("mint_is_stale", ask.STALE), SMS),
        then=frozenset({"cancel M1", "cancel M2", "cancel M3", M1, M2, M3}),
        why="no outage of a provider eats the 14 days: after 24 hours link and code are minted anew",
    ),
    Expected(
        row="B2-remint", on="remint", source=("issuing",), to=None, by=(SYS,),
        needs=(need("nothing_was_accepted", ask.NOTHING_ACCEPTED), need("mint_is_stale", ask.STALE), PAPER),
        then=frozenset({*OLD_LINK, M1}), why="on paper only the link is minted anew; the letter stays",
    ),
    Expected(
        row="B2-5", on="count_try", source=("awaiting_code",), to=None, by=(APP,),
        needs=(LIMIT, VALID, need("tries_are_left", ask.TRIES)), then=frozenset({"start crashed_try: 60 seconds"}),
        proves=("R3", "R4", "B3b-max_attempts"),
        why="a try is counted and committed before the slow comparison, so that parallel tries cannot gain one",
    ),
    Expected(
        row="B2-6", on="submit_code", source=("awaiting_code",), to=None, by=(APP,),
        needs=(WRONG, need("not_last_try", ask.TRY, "first", "second")),
        where={ask.COUNTED: "all three"}, why="while the last try is being judged the timer for a crash stays armed",
    ),
    Expected(
        row="B2-6", on="malformed_code", source=("awaiting_code",), to=None, by=(APP,),
        needs=(LIMIT, VALID), proves=("R4",), why="what is no code leaves a trace and costs no try",
    ),
    Expected(
        row="B2-7b", on="crashed_try", source=("issuing",), to="blocked_attempts", by=(SYS,),
        needs=(need("all_tries_are_counted", ask.COUNTED, "all three"),), then=BLOCKED, proves=("R3",),
        why="a corrected address leads back to issuing while a try may still be judged",
    ),
    Expected(
        row="B2-7b", on="crashed_try", source=WAITING, to=None, by=(SYS,), where={ask.COUNTED: "two"},
        why="a crash at the first or second try costs that try and nothing else",
    ),
    Expected(
        row="B2-9", on="renew_link", source=("awaiting_code",), to=None, by=(APP, SD),
        needs=(need("link_is_over", ask.VALID, "no"),),
        why="so that who renews too early reads that the link is still valid",
    ),
    Expected(
        row="B2-11b", on="ask_resume", source=SETTING_UP, to=None, by=(APP,),
        needs=(need("resume_is_possible", ask.MOBILE),), then=frozenset({"cancel M13", M13, M15}),
        why="the proof that row 11b asks for is sent on demand; without a mobile the office checks instead",
    ),
    Expected(
        row="B2-12", on="miss_otp", source=(*SETTING_UP, "active"), to=None, by=(APP,),
        why="a wrong one-time code is counted apart and never touches the three tries",
    ),
    Expected(
        row="B1-23", on="holder_purge", source=FINAL, to=None, by=(SYS,),
        then=frozenset({"stop all timers", "cancel all messages", "erase secrets", "erase person"}), proves=("R10",),
        why="the activation owns its copy of the person and erases it one month after its own end",
    ),
    Expected(
        row="B3-resend", on="repeat_message", source=(*OPEN, *FINAL), to=None,
        by=(SD, Role.TEAM_LEAD, Role.OPERATOR),
        needs=(need("message_can_be_repeated", ask.REPEATABLE), need("resend_cooldown_is_over", ask.COOLED)),
        then=frozenset({"the same message again"}), why="a mail that came back, or that nobody can find, is sent again on request",
    ),
)  # fmt: skip

ROWS = HANDBOOK + ADDED
TRIGGERS = tuple(dict.fromkeys(row.on for row in ROWS))
