"""The activation of digital keys (`activatie`): domain B2, after the Bisdesk manual, facts 3.10, 3.34-3.38.

A state table and nothing else: reading a row tells all that will happen.
"""

from __future__ import annotations

from enum import StrEnum

from workflow.effects import (
    At,
    CancelMessages,
    CancelTimer,
    Days,
    Erase,
    Erasure,
    Months,
    Notify,
    ReleaseContacts,
    RepeatMessage,
    ReserveContacts,
    Seconds,
)
from workflow.effects import StartTimer as Start
from workflow.lifecycles.activation_guards import (
    Facts,
    account_is_acceptable,
    all_tries_are_counted,
    applicant_holds_latest_token,
    before_the_limit,
    can_be_issued,
    code_is_right,
    code_is_wrong,
    code_was_lost_on_the_way,
    code_was_never_delivered,
    contact_is_unique,
    first_message_is_accepted,
    has_a_key_by_sms,
    is_before_limit_or_not_anchored,
    is_frozen,
    is_not_frozen,
    is_paper,
    is_sms,
    issuer_allows_renewal,
    key_is_an_app,
    key_is_by_sms,
    key_is_not_the_last,
    last_try,
    link_and_code_are_handed_over,
    link_is_anchored,
    link_is_over,
    link_is_valid,
    mail_arrives,
    mail_failed,
    message_can_be_repeated,
    mint_is_stale,
    new_contact_is_confirmed,
    no_other_try_is_judged,
    not_last_try,
    not_renewed_today,
    not_repeated_today,
    nothing_was_accepted,
    one_time_code_is_right,
    owner_is_to_be_told,
    password_is_given,
    reason_is_given,
    reissues_are_left,
    reminder_is_timely,
    resend_cooldown_is_over,
    resume_is_possible,
    resume_proof_is_right,
    signed_in_with_a_key,
    sms_key_is_possible,
    sms_pause_is_over,
    tries_are_left,
)  # fmt: skip
from workflow.machine import Lifecycle, Row
from workflow.model import NEW, Role
from workflow.outbox import Audience, Channel, MessageKind

LINK_VALID_DAYS = 14  # 3.34, 3.36: calendar days in Europe/Brussels (reading 1)
ACTIVATION_LIMIT_DAYS = 30  # 3.36, anchored on the first link (reading 2)
MAX_ATTEMPTS = 3  # 3.36, cumulative over the whole activation (reading 3)
KEY_VALID_YEARS = 10  # D5
CRASHED_TRY_SECONDS = 60  # B2-7b
MINT_STALE_HOURS = 24  # B3: nobody's 14 days are eaten by an outage
CONSULTATION_MONTHS = 1  # trap of B1-23: the activation keeps its copy one month after its own end


class State(StrEnum):
    """The states of an activation; each comment says whose turn it is."""

    ISSUING = "issuing"  # the providers, to accept mail and SMS
    AWAITING_CODE = "awaiting_code"  # the applicant; the link is valid
    LINK_EXPIRED = "link_expired"  # the applicant, to ask for a new link
    PROFILE_ACTIVATED = "profile_activated"  # the applicant, to choose a key
    KEY_SETUP = "key_setup"  # the applicant, to confirm the key
    ACTIVE = "active"  # nobody; the keys work
    BLOCKED_ATTEMPTS = "blocked_attempts"  # nobody; a new request is needed
    BLOCKED_TIMEOUT = "blocked_timeout"  # nobody; a new request is needed
    CANCELLED = "cancelled"  # nobody
    EXPIRED = "expired"  # nobody; the last key reached ten years


class Trigger(StrEnum):
    """What can happen to an activation; the timers carry the names of domain B3b."""

    ISSUE = "issue"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    DISPATCH_FAILED = "dispatch_failed"
    STUCK = "issuing_stuck"
    REMINT = "remint"
    CORRECT_EMAIL = "correct_email"
    REPEAT_CODE = "repeat_code"
    REISSUE_CODE = "reissue_code"
    OPEN_LINK = "open_link"
    COUNT_TRY = "count_try"
    SUBMIT_CODE = "submit_code"
    REFUSE_TRY = "refuse_try"
    MALFORMED = "malformed_code"
    CRASHED_TRY = "crashed_try"
    T14 = "link_validity"
    REMIND_1 = "link_reminder_1"
    REMIND_2 = "link_reminder_2"
    REMIND_LIMIT = "limit_reminder"
    RENEW_LINK = "renew_link"
    RESEND_LINK = "resend_link"
    T30 = "activation_limit"
    NAME_ACCOUNT = "name_account"
    CHOOSE_KEY = "choose_key"
    ASK_RESUME = "ask_resume"
    SEND_RESUME_CODE = "send_resume_code"
    RESUME = "resume"
    MISS_OTP = "miss_otp"
    CONFIRM_KEY = "confirm_key"
    ASK_SIGN_IN_CODE = "ask_sign_in_code"
    SIGN_IN = "sign_in"
    ADD_KEY = "add_key"
    REMOVE_KEY = "remove_key"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    CANCEL = "cancel"
    T90 = "setup_idle"
    SETUP_REMINDER = "setup_reminder"
    KEY_REMINDER = "key_reminder"
    KEY_VALIDITY = "key_validity"
    NEW_REQUEST = "new_request"
    INSZ_REPLACED = "insz_replaced"
    REPEAT_MESSAGE = "repeat_message"
    PURGE = "holder_purge"


S, T, M = State, Trigger, MessageKind
APP, DO, SD, SYS, REG = Role.APPLICANT, Role.END_USER, Role.SERVICE_DESK, Role.SYSTEM, Role.REGISTER
APPLICANT = Audience.APPLICANT

LINK_MAIL, NEW_LINK_MAIL = Notify(M.M1, APPLICANT), Notify(M.M8, APPLICANT)
EXPLANATION = Notify(M.M2, APPLICANT)
CODE_SMS, CODE_LETTER = Notify(M.M3, APPLICANT, Channel.SMS), Notify(M.M3, APPLICANT, Channel.LETTER)
KEY_SMS = Notify(M.M15, APPLICANT, Channel.SMS)
DESK_TASK = Notify(M.M10, Audience.SERVICE_DESK, Channel.TASK)
BLOCKED = (Notify(M.M9, APPLICANT), Notify(M.M9, Audience.FILER))
OLD_LINK = CancelMessages((M.M1, M.M8))
EXPIRES, LIMIT = Start(T.T14, At("link_expires_at")), Start(T.T30, At("blocks_at"))
# The rungs of the ladder, each with the name of its instant; a link that leaves no room for a rung has none.
LADDER = {
    T.REMIND_1: "reminder_1_at",
    T.REMIND_2: "reminder_2_at",
    T.REMIND_LIMIT: "limit_reminder_at",
}
LINK_RUNGS = (Start(T.REMIND_1, At(LADDER[T.REMIND_1])), Start(T.REMIND_2, At(LADDER[T.REMIND_2])))
LIMIT_RUNG = Start(T.REMIND_LIMIT, At(LADDER[T.REMIND_LIMIT]))
REMINDER = Notify(M.M7, APPLICANT)
PURGE_LATER = Start(T.PURGE, Months(CONSULTATION_MONTHS))
END = (CancelTimer(), CancelMessages(), Erase(Erasure.SECRETS), ReleaseContacts(), PURGE_LATER)
KEY_NOTICE = Notify(M.M11, APPLICANT)
KEY_TIMERS = (Start(T.KEY_REMINDER, At("key_reminder_at")), Start(T.KEY_VALIDITY, At("keys_expire_at")))
OPEN = (S.ISSUING, S.AWAITING_CODE, S.LINK_EXPIRED, S.PROFILE_ACTIVATED, S.KEY_SETUP, S.ACTIVE)
FINAL = (S.BLOCKED_ATTEMPTS, S.BLOCKED_TIMEOUT, S.CANCELLED, S.EXPIRED)
SETTING_UP = (S.PROFILE_ACTIVATED, S.KEY_SETUP)

LEADS = (Role.SERVICE_DESK, Role.TEAM_LEAD)
KEEPERS = (Role.SERVICE_DESK, Role.TEAM_LEAD, Role.OPERATOR)

# fmt: off
ROWS: tuple[Row[Facts], ...] = (
    #   on                from                to                   by          when                                                             then
    Row(T.ISSUE,          NEW,                S.ISSUING,           (SYS, DO),  (can_be_issued, contact_is_unique, is_sms),                      (ReserveContacts(), LINK_MAIL, EXPLANATION, CODE_SMS, Start(T.STUCK, At("stuck_at"))), "B2-1"),
    Row(T.ISSUE,          NEW,                S.ISSUING,           (SYS, DO),  (can_be_issued, contact_is_unique, is_paper),                    (ReserveContacts(), LINK_MAIL, CODE_LETTER, Start(T.STUCK, At("stuck_at"))), "B2-1"),
    Row(T.ACCEPTED,       S.ISSUING,          None,                (SYS,),     (first_message_is_accepted,),                                    (LIMIT,), "B2-2"),
    Row(T.DISPATCHED,     S.ISSUING,          S.AWAITING_CODE,     (SYS,),     (link_and_code_are_handed_over,),                                (CancelTimer((T.STUCK,)), EXPIRES, LIMIT, *LINK_RUNGS, LIMIT_RUNG), "B2-2"),
    Row(T.DISPATCH_FAILED,(*OPEN, *FINAL),    None,                (SYS,),     (),                                                              (DESK_TASK,), "B2-3"),
    Row(T.STUCK,          S.ISSUING,          None,                (SYS,),     (),                                                              (DESK_TASK,), "B2-3"),
    Row(T.REMINT,         S.ISSUING,          None,                (SYS,),     (nothing_was_accepted, mint_is_stale, is_sms),                   (CancelMessages((M.M1, M.M2, M.M3)), LINK_MAIL, EXPLANATION, CODE_SMS), "B2-remint"),
    Row(T.REMINT,         S.ISSUING,          None,                (SYS,),     (nothing_was_accepted, mint_is_stale, is_paper),                 (OLD_LINK, LINK_MAIL), "B2-remint"),
    Row(T.CORRECT_EMAIL,  (S.ISSUING, S.AWAITING_CODE, S.LINK_EXPIRED),
                                              S.ISSUING,           (SD,),      (mail_failed, new_contact_is_confirmed, contact_is_unique, is_before_limit_or_not_anchored), (CancelTimer((T.T14, *LADDER)), OLD_LINK, ReserveContacts(), LINK_MAIL, Start(T.STUCK, At("stuck_at"))), "B2-3b"),
    Row(T.REPEAT_CODE,    (S.ISSUING, S.AWAITING_CODE, S.LINK_EXPIRED),
                                              None,                (SYS,),     (code_was_lost_on_the_way, is_before_limit_or_not_anchored, is_sms),     (CODE_SMS,), "B3-repeat"),
    Row(T.REISSUE_CODE,   (S.ISSUING, S.AWAITING_CODE, S.LINK_EXPIRED),
                                              None,                (SD,),      (code_was_never_delivered, reissues_are_left, is_before_limit_or_not_anchored, is_sms), (CancelMessages((M.M3,)), CODE_SMS), "B2-3c"),
    Row(T.OPEN_LINK,      S.AWAITING_CODE,    None,                (APP,),     (link_is_valid,),                                                (), "B2-4"),
    Row(T.COUNT_TRY,      S.AWAITING_CODE,    None,                (APP,),     (is_not_frozen, before_the_limit, link_is_valid, tries_are_left),             (Start(T.CRASHED_TRY, Seconds(CRASHED_TRY_SECONDS)),), "B2-5"),
    Row(T.SUBMIT_CODE,    S.AWAITING_CODE,    S.PROFILE_ACTIVATED, (APP,),     (is_not_frozen, code_is_right),                                  (CancelTimer(), CancelMessages(), Erase(Erasure.SECRETS), Start(T.T90, Days("setup_idle_days")), Start(T.SETUP_REMINDER, Days("setup_reminder_days"))), "B2-5"),
    Row(T.SUBMIT_CODE,    S.AWAITING_CODE,    S.BLOCKED_ATTEMPTS,  (APP,),     (code_is_wrong, last_try),                                       (*END, *BLOCKED), "B2-7"),
    Row(T.SUBMIT_CODE,    S.AWAITING_CODE,    None,                (APP,),     (code_is_wrong, not_last_try, no_other_try_is_judged),           (CancelTimer((T.CRASHED_TRY,)),), "B2-6"),
    Row(T.SUBMIT_CODE,    S.AWAITING_CODE,    None,                (APP,),     (code_is_wrong, not_last_try),                                   (), "B2-6"),
    Row(T.REFUSE_TRY,     (*OPEN, *FINAL),    None,                (APP,),     (),                                                              (), "B2-2b"),
    Row(T.MALFORMED,      S.AWAITING_CODE,    None,                (APP,),     (before_the_limit, link_is_valid),                               (), "B2-6"),
    Row(T.CRASHED_TRY,    (S.ISSUING, S.AWAITING_CODE, S.LINK_EXPIRED),
                                              S.BLOCKED_ATTEMPTS,  (SYS,),     (all_tries_are_counted,),                                        (*END, *BLOCKED), "B2-7b"),
    Row(T.CRASHED_TRY,    (S.ISSUING, S.AWAITING_CODE, S.LINK_EXPIRED),
                                              None,                (SYS,),     (),                                                              (), "B2-7b"),
    Row(T.REMIND_1,       S.AWAITING_CODE,    None,                (SYS,),     (reminder_is_timely, mail_arrives, is_not_frozen),               (REMINDER,), "B3-M7"),
    Row(T.REMIND_1,       S.AWAITING_CODE,    None,                (SYS,),     (),                                                              (), "B3-M7"),
    Row(T.REMIND_2,       S.AWAITING_CODE,    None,                (SYS,),     (reminder_is_timely, mail_arrives, is_not_frozen),               (REMINDER,), "B3-M7"),
    Row(T.REMIND_2,       S.AWAITING_CODE,    None,                (SYS,),     (),                                                              (), "B3-M7"),
    Row(T.REMIND_LIMIT,   (S.AWAITING_CODE, S.LINK_EXPIRED),
                                              None,                (SYS,),     (reminder_is_timely, mail_arrives, is_not_frozen),               (REMINDER,), "B3-M7"),
    Row(T.REMIND_LIMIT,   (S.AWAITING_CODE, S.LINK_EXPIRED),
                                              None,                (SYS,),     (),                                                              (), "B3-M7"),
    Row(T.T14,            S.AWAITING_CODE,    S.LINK_EXPIRED,      (SYS,),     (before_the_limit,),                                             (CancelTimer((T.REMIND_1, T.REMIND_2)),), "B2-8"),
    Row(T.RENEW_LINK,     S.LINK_EXPIRED,     S.AWAITING_CODE,     (APP, SD),  (is_not_frozen, before_the_limit, applicant_holds_latest_token, issuer_allows_renewal, not_renewed_today), (OLD_LINK, NEW_LINK_MAIL, EXPIRES, *LINK_RUNGS), "B2-9"),
    Row(T.RENEW_LINK,     S.AWAITING_CODE,    None,                (APP, SD),  (link_is_over,),                                                 (), "B2-9"),
    Row(T.RESEND_LINK,    S.AWAITING_CODE,    None,                (APP, SD),  (is_not_frozen, before_the_limit, link_is_valid, applicant_holds_latest_token, not_repeated_today), (OLD_LINK, LINK_MAIL), "B2-9b"),
    Row(T.T30,            S.ISSUING,          S.BLOCKED_TIMEOUT,   (SYS,),     (link_is_anchored,),                                             (*END, *BLOCKED), "B2-10"),
    Row(T.T30,            (S.AWAITING_CODE, S.LINK_EXPIRED),
                                              S.BLOCKED_TIMEOUT,   (SYS,),     (),                                                              (*END, *BLOCKED), "B2-10"),
    Row(T.NAME_ACCOUNT,   SETTING_UP,         None,                (APP,),     (is_not_frozen, account_is_acceptable),                          (), "B2-11"),
    Row(T.CHOOSE_KEY,     SETTING_UP,         S.KEY_SETUP,         (APP,),     (is_not_frozen, key_is_by_sms, sms_key_is_possible, sms_pause_is_over, account_is_acceptable), (CancelMessages((M.M15,)), KEY_SMS), "B2-11"),
    Row(T.CHOOSE_KEY,     SETTING_UP,         S.KEY_SETUP,         (APP,),     (is_not_frozen, key_is_an_app, account_is_acceptable),           (), "B2-11"),
    Row(T.ASK_RESUME,     SETTING_UP,         None,                (APP,),     (is_not_frozen, resume_is_possible, sms_pause_is_over),          (CancelMessages((M.M13,)), Notify(M.M13, APPLICANT), KEY_SMS), "B2-11b"),
    Row(T.SEND_RESUME_CODE, SETTING_UP,       None,                (APP,),     (is_not_frozen, resume_proof_is_right, resume_is_possible, sms_pause_is_over), (CancelMessages((M.M15,)), KEY_SMS), "B2-11b"),
    Row(T.RESUME,         SETTING_UP,         None,                (APP,),     (is_not_frozen, resume_proof_is_right),                          (), "B2-11b"),
    Row(T.MISS_OTP,       (*SETTING_UP, S.ACTIVE),
                                              None,                (APP,),     (owner_is_to_be_told,),                                          (KEY_NOTICE,), "B2-12"),
    Row(T.MISS_OTP,       (*SETTING_UP, S.ACTIVE),
                                              None,                (APP,),     (),                                                              (), "B2-12"),
    Row(T.CONFIRM_KEY,    S.KEY_SETUP,        S.ACTIVE,            (APP,),     (is_not_frozen, one_time_code_is_right),                         (CancelTimer(), KEY_NOTICE, *KEY_TIMERS), "B2-12"),
    Row(T.ASK_SIGN_IN_CODE, S.ACTIVE,         None,                (APP,),     (is_not_frozen, password_is_given, has_a_key_by_sms, sms_pause_is_over), (CancelMessages((M.M15,)), KEY_SMS), "B2-13"),
    Row(T.SIGN_IN,        S.ACTIVE,           None,                (APP,),     (is_not_frozen, password_is_given, one_time_code_is_right),      (), "B2-13"),
    Row(T.ADD_KEY,        S.ACTIVE,           None,                (APP,),     (is_not_frozen, signed_in_with_a_key, key_is_by_sms, sms_key_is_possible, sms_pause_is_over), (CancelMessages((M.M15,)), KEY_SMS), "B2-13"),
    Row(T.ADD_KEY,        S.ACTIVE,           None,                (APP,),     (is_not_frozen, signed_in_with_a_key, key_is_an_app),            (), "B2-13"),
    Row(T.CONFIRM_KEY,    S.ACTIVE,           None,                (APP,),     (is_not_frozen, signed_in_with_a_key, one_time_code_is_right),   (KEY_NOTICE, *KEY_TIMERS), "B2-13"),
    Row(T.REMOVE_KEY,     S.ACTIVE,           None,                (APP,),     (is_not_frozen, signed_in_with_a_key, key_is_not_the_last),      (KEY_NOTICE, *KEY_TIMERS), "B2-13"),
    Row(T.FREEZE,         OPEN,               None,                (APP,),     (is_not_frozen,),                                                (CancelMessages((M.M13, M.M15)), KEY_NOTICE, DESK_TASK), "B2-freeze"),
    Row(T.UNFREEZE,       OPEN,               None,                LEADS,      (is_frozen, reason_is_given),                                    (KEY_NOTICE,), "B2-freeze"),
    Row(T.CANCEL,         OPEN,               S.CANCELLED,         (SD, SYS),  (reason_is_given,),                                              (*END, Notify(M.M12, APPLICANT)), "B2-14"),
    Row(T.T90,            SETTING_UP,         S.CANCELLED,         (SYS,),     (),                                                              (*END, Notify(M.M12, APPLICANT)), "B2-14b"),
    Row(T.SETUP_REMINDER, SETTING_UP,         None,                (SYS,),     (is_not_frozen,),                                                (Notify(M.M13, APPLICANT),), "B2-14b"),
    Row(T.SETUP_REMINDER, SETTING_UP,         None,                (SYS,),     (),                                                              (), "B2-14b"),
    Row(T.KEY_REMINDER,   S.ACTIVE,           None,                (SYS,),     (is_not_frozen,),                                                (Notify(M.M14, APPLICANT),), "B2-15"),
    Row(T.KEY_REMINDER,   S.ACTIVE,           None,                (SYS,),     (),                                                              (), "B2-15"),
    Row(T.KEY_VALIDITY,   S.ACTIVE,           S.EXPIRED,           (SYS,),     (),                                                              END, "B2-15"),
    Row(T.NEW_REQUEST,    (*OPEN, *FINAL),    None,                (DO,),      (),                                                              (), "B2-16"),
    Row(T.REPEAT_MESSAGE, (*OPEN, *FINAL),    None,                KEEPERS,    (message_can_be_repeated, resend_cooldown_is_over),              (RepeatMessage(),), "B3-resend"),
    Row(T.INSZ_REPLACED,  OPEN,               None,                (REG,),     (),                                                              (), "B1-27"),
    Row(T.PURGE,          FINAL,              None,                (SYS,),     (),                                                              (CancelTimer(), CancelMessages(), Erase(Erasure.SECRETS), Erase(Erasure.PERSON)), "B1-23"),
)
# fmt: on

EVENTS: dict[str, str | dict[str, str]] = {
    T.ISSUE: "activation.issued",
    T.ACCEPTED: "activation.first_message_accepted",
    T.DISPATCHED: "activation.dispatched",
    T.DISPATCH_FAILED: "activation.dispatch_failed",
    T.STUCK: "activation.issuing_stuck",
    T.REMINT: "activation.minted_anew",
    T.CORRECT_EMAIL: "activation.email_corrected",
    T.REPEAT_CODE: "activation.code_repeated",
    T.REISSUE_CODE: "activation.code_reissued",
    T.OPEN_LINK: "activation.link_opened",
    T.COUNT_TRY: "activation.try_counted",
    T.SUBMIT_CODE: {
        S.PROFILE_ACTIVATED: "activation.code_accepted",
        S.AWAITING_CODE: "activation.code_wrong",
        S.BLOCKED_ATTEMPTS: "activation.code_wrong",
    },
    T.REFUSE_TRY: "activation.try_refused",
    T.MALFORMED: "activation.code_malformed",
    T.CRASHED_TRY: {
        S.ISSUING: "activation.try_not_judged",
        S.AWAITING_CODE: "activation.try_not_judged",
        S.LINK_EXPIRED: "activation.try_not_judged",
        S.BLOCKED_ATTEMPTS: "activation.blocked_after_crash",
    },
    T.REMIND_1: "activation.reminder_due",
    T.REMIND_2: "activation.reminder_due",
    T.REMIND_LIMIT: "activation.reminder_due",
    T.T14: "activation.link_expired",
    T.RENEW_LINK: "activation.link_renewed",
    T.RESEND_LINK: "activation.link_resent",
    T.T30: "activation.blocked_by_time",
    T.NAME_ACCOUNT: "activation.account_named",
    T.CHOOSE_KEY: "activation.key_chosen",
    T.ASK_RESUME: "activation.resume_asked",
    T.SEND_RESUME_CODE: "activation.resume_code_asked",
    T.RESUME: "activation.resumed",
    T.MISS_OTP: "activation.otp_wrong",
    T.CONFIRM_KEY: {S.ACTIVE: "activation.key_confirmed"},
    T.ASK_SIGN_IN_CODE: "activation.sign_in_code_asked",
    T.SIGN_IN: "activation.signed_in",
    T.ADD_KEY: "activation.key_add_started",
    T.REMOVE_KEY: "activation.key_removed",
    T.FREEZE: "activation.frozen",
    T.UNFREEZE: "activation.unfrozen",
    T.CANCEL: "activation.cancelled",
    T.T90: "activation.not_finished",
    T.SETUP_REMINDER: "activation.setup_reminded",
    T.KEY_REMINDER: "activation.key_expiry_announced",
    T.KEY_VALIDITY: "activation.expired",
    T.NEW_REQUEST: "activation.new_request_filed",
    T.REPEAT_MESSAGE: "activation.message_repeated",
    T.INSZ_REPLACED: "activation.number_replaced",
    T.PURGE: "activation.purged",
}

activation: Lifecycle[Facts] = Lifecycle(
    name="activation",
    states=State,
    final=frozenset(FINAL),
    closed=frozenset(FINAL),
    may_wait=frozenset({S.ISSUING}),
    waits_days=3654,  # the ten years of the keys; 122 days where no key was made
    events=EVENTS,
    rows=ROWS,
    inner=frozenset({T.COUNT_TRY, T.REFUSE_TRY, T.MALFORMED, T.MISS_OTP}),
)
