"""The rows of an activation that the handbook has not: ours, each with its reason."""

from __future__ import annotations

from tests.exhaustive import activation_questions as ask
from tests.exhaustive.activation_words import (
    ACCOUNT,
    APP,
    ARRIVES,
    BLOCKED,
    CODE_SMS,
    FINAL,
    FREE,
    LADDER,
    LIMIT,
    LIMIT_IF_ANY,
    M1,
    M2,
    M3,
    M7,
    M11,
    M13,
    M15,
    MOVES,
    NEVER_DELIVERED,
    OLD_LINK,
    OPEN,
    OTP,
    PAPER,
    PASSWORD,
    PROOF,
    RESUMABLE,
    SD,
    SETTING_UP,
    SMS,
    STATES,
    SYS,
    T30,
    TASK,
    TIMELY,
    VALID,
    WAITING,
    WRONG,
)  # fmt: skip
from tests.exhaustive.table import Expected, need
from workflow.model import Role

ADDED = (
    Expected(
        row="B3-repeat", on="repeat_code", source=WAITING, to=None, by=(SYS,),
        needs=(need("code_was_lost_on_the_way", ask.LOST), LIMIT_IF_ANY, SMS), then=frozenset({M3}),
        why="a retry after `undelivered` is a new row with the same code (B3)",
    ),
    *(
        Expected(
            row="B3-M7", on=rung, source=source, to=None, by=(SYS,), needs=(TIMELY, ARRIVES, MOVES), then=M7,
            why="the ladder of reminders that the catalogue of messages names (B3)",
        )
        for rung, source in LADDER
    ),
    *(
        Expected(
            row="B3-M7", on=rung, source=source, to=None, by=(SYS,),
            where={ask.TIMELY: "no", ask.ARRIVES: "no", ask.NOT_FROZEN: "no"},
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
        needs=(MOVES, LIMIT, VALID, need("tries_are_left", ask.TRIES)), then=frozenset({"start crashed_try: 60 seconds"}),
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
        needs=(MOVES, RESUMABLE, FREE), then=frozenset({"cancel M13", M13, M15}),
        why="the proof that row 11b asks for is sent on demand; without a mobile the office checks instead",
    ),
    Expected(
        row="B2-11b", on="send_resume_code", source=SETTING_UP, to=None, by=(APP,),
        needs=(MOVES, PROOF, RESUMABLE, FREE), then=frozenset(CODE_SMS),
        why="the link lives a day and its code ten minutes, so who holds the link is sent another code (D5, A20)",
    ),
    Expected(
        row="B2-11", on="name_account", source=SETTING_UP, to=None, by=(APP,), needs=(MOVES, ACCOUNT),
        why="user name and password stand on a page before that of the keys, and are not asked again after it",
    ),
    Expected(
        row="B2-13", on="ask_sign_in_code", source=("active",), to=None, by=(APP,),
        needs=(MOVES, PASSWORD, need("has_a_key_by_sms", ask.SMS_KEY_THERE), FREE), then=frozenset(CODE_SMS),
        why="row 13 wants somebody signed in with a key, and the code of a key by SMS has to be sent",
    ),
    Expected(
        row="B2-13", on="sign_in", source=("active",), to=None, by=(APP,),
        needs=(MOVES, PASSWORD, OTP),
        why="row 13 wants somebody signed in with a key: after user name and password its code counts once",
    ),
    Expected(
        row="B2-freeze", on="freeze", source=OPEN, to=None, by=(APP,), needs=(MOVES,),
        then=frozenset({"cancel M13", "cancel M15", M11, TASK}),
        why="mailbox or SIM alone may be stolen: notice and \"not me\" freeze, and a person looks (fault F59)",
    ),
    Expected(
        row="B2-freeze", on="unfreeze", source=OPEN, to=None, by=(SD, Role.TEAM_LEAD),
        needs=(need("is_frozen", ask.NOT_FROZEN, "no"), need("reason_is_given", ask.REASON)), then=frozenset({M11}),
        why="what the service desk has looked at goes on, with the reason in its history (fault F59)",
    ),
    Expected(
        row="B2-14b", on="setup_reminder", source=SETTING_UP, to=None, by=(SYS,), where={ask.NOT_FROZEN: "no"},
        why="the reminder of a frozen set-up is passed over and marked, so that it never comes later",
    ),
    Expected(
        row="B2-15", on="key_reminder", source=("active",), to=None, by=(SYS,), where={ask.NOT_FROZEN: "no"},
        why="the reminder of frozen keys is passed over and marked, so that it never comes later",
    ),
    Expected(
        row="B2-12", on="miss_otp", source=(*SETTING_UP, "active"), to=None, by=(APP,),
        needs=(need("owner_is_to_be_told", ask.DAY_ENDS),), then=frozenset({M11}),
        why="who guesses at one-time codes had the password or the link: the owner hears of it, and can freeze (fault F59)",
    ),
    Expected(
        row="B2-12", on="miss_otp", source=(*SETTING_UP, "active"), to=None, by=(APP,), where={ask.DAY_ENDS: "no"},
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
