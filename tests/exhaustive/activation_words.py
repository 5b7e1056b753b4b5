"""The words in which the rows of an activation are expected: states, conditions, consequences."""

from __future__ import annotations

from tests.exhaustive import activation_questions as ask
from tests.exhaustive.table import need
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
MOVES, FREE = need("is_not_frozen", ask.NOT_FROZEN), need("sms_pause_is_over", ask.PAUSE_OVER)
SIGNED_IN, OTP = need("signed_in_with_a_key", ask.SIGNED_IN), need("one_time_code_is_right", ask.OTP)
PASSWORD = need("password_is_given", ask.PASSWORD)

PROOF, RESUMABLE = need("resume_proof_is_right", ask.RESUME), need("resume_is_possible", ask.MOBILE)

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
TIMELY, ARRIVES = need("reminder_is_timely", ask.TIMELY), need("mail_arrives", ask.ARRIVES)
