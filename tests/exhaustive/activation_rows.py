"""What the handbook says of an activation, row by row."""

from __future__ import annotations

from tests.exhaustive import activation_questions as ask
from tests.exhaustive.activation_added import ADDED
from tests.exhaustive.activation_words import (
    ACCOUNT,
    APP,
    APP_KEY,
    BLOCKED,
    CODE_SMS,
    DO,
    END,
    FINAL,
    FREE,
    ISSUABLE,
    KEYS_RUN,
    LAST_RUNG,
    LETTER,
    LIMIT,
    LIMIT_IF_ANY,
    M1,
    M2,
    M3,
    M11,
    M12,
    M13,
    MOBILE,
    MOVES,
    NEVER_DELIVERED,
    NO_RUNGS,
    OLD_LINK,
    OPEN,
    OTP,
    PAPER,
    PROOF,
    REG,
    RIGHT,
    RUNGS,
    SD,
    SETTING_UP,
    SIGNED_IN,
    SMS,
    SMS_KEY,
    STATES,
    STUCK,
    SYS,
    T14,
    T30,
    TASK,
    TOKEN,
    UNIQUE,
    VALID,
    WAITING,
    WRONG,
)  # fmt: skip
from tests.exhaustive.table import Expected, need
from workflow.model import NEW

__all__ = ["ADDED", "HANDBOOK", "ROWS", "STATES", "TRIGGERS"]

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
        needs=(MOVES, RIGHT),
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
        needs=(MOVES, LIMIT, TOKEN, need("issuer_allows_renewal", ask.RENEWABLE), need("not_renewed_today", ask.NOT_RENEWED)),
        then=frozenset({*OLD_LINK, "M8 to applicant by email", T14, *RUNGS}),
        proves=("3.34", "3.36", "AM3-6", "R2", "B3b-renewals"),
    ),
    Expected(
        row="B2-9b", on="resend_link", source=("awaiting_code",), to=None, by=(APP, SD),
        needs=(MOVES, LIMIT, VALID, TOKEN, need("not_repeated_today", ask.NOT_REPEATED)), then=frozenset({*OLD_LINK, M1}),
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
        needs=(MOVES, APP_KEY, ACCOUNT), proves=("3.11", "3.37"),
    ),
    Expected(
        row="B2-11", on="choose_key", source=SETTING_UP, to="key_setup", by=(APP,),
        needs=(MOVES, SMS_KEY, MOBILE, FREE, ACCOUNT), then=frozenset(CODE_SMS), proves=("3.11", "3.37"),
    ),
    Expected(
        row="B2-11b", on="resume", source=SETTING_UP, to=None, by=(APP,),
        needs=(MOVES, PROOF),
    ),
    Expected(
        row="B2-12", on="confirm_key", source=("key_setup",), to="active", by=(APP,),
        needs=(MOVES, OTP), then=frozenset({"stop all timers", M11, *KEYS_RUN}), proves=("3.12",),
    ),
    Expected(
        row="B2-13", on="add_key", source=("active",), to=None, by=(APP,),
        needs=(MOVES, SIGNED_IN, APP_KEY), proves=("3.37",),
    ),
    Expected(
        row="B2-13", on="add_key", source=("active",), to=None, by=(APP,),
        needs=(MOVES, SIGNED_IN, SMS_KEY, MOBILE, FREE), then=frozenset(CODE_SMS), proves=("3.37",),
    ),
    Expected(
        row="B2-13", on="confirm_key", source=("active",), to=None, by=(APP,),
        needs=(MOVES, SIGNED_IN, OTP), then=frozenset({M11, *KEYS_RUN}),
    ),
    Expected(
        row="B2-13", on="remove_key", source=("active",), to=None, by=(APP,),
        needs=(MOVES, SIGNED_IN, need("key_is_not_the_last", ask.ANOTHER_KEY)), then=frozenset({M11, *KEYS_RUN}),
    ),
    Expected(
        row="B2-14", on="cancel", source=OPEN, to="cancelled", by=(SD, SYS),
        needs=(need("reason_is_given", ask.REASON),), then=END | {M12},
    ),
    Expected(
        row="B2-14b", on="setup_idle", source=SETTING_UP, to="cancelled", by=(SYS,),
        then=END | {M12}, proves=("B3b-setup_idle",),
    ),
    Expected(
        row="B2-14b", on="setup_reminder", source=SETTING_UP, to=None, by=(SYS,), needs=(MOVES,), then=frozenset({M13}),
    ),
    Expected(
        row="B2-15", on="key_reminder", source=("active",), to=None, by=(SYS,), needs=(MOVES,),
        then=frozenset({"M14 to applicant by email"}), proves=("B3b-key_reminder",),
    ),
    Expected(
        row="B2-15", on="key_validity", source=("active",), to="expired", by=(SYS,),
        then=END, proves=("B3b-key_validity",),
    ),
    Expected(row="B2-16", on="new_request", source=(*OPEN, *FINAL), to=None, by=(DO,), proves=("3.36", "R9")),
    Expected(row="B1-27", on="insz_replaced", source=OPEN, to=None, by=(REG,)),
)  # fmt: skip

ROWS = HANDBOOK + ADDED
TRIGGERS = tuple(dict.fromkeys(row.on for row in ROWS))
