"""What the rows of an activation ask about a case, every answer given as plain facts."""

from __future__ import annotations

from tests.exhaustive.table import Question, yes_no
from workflow.model import CodeChannel, KeyKind

ISSUABLE = Question(
    "is there a number, and no other open activation?",
    {
        "both": {"has_insz": True, "other_activation_open": False},
        "no number": {"has_insz": False, "other_activation_open": False},
        "another is open": {"has_insz": True, "other_activation_open": True},
    },
)
CONTACT = yes_no("are e-mail and mobile nobody else's?", contact_unique=True)
CHANNEL = Question(
    "how does the code come?", {"sms": {"code_channel": CodeChannel.SMS}, "paper": {"code_channel": CodeChannel.PAPER}}
)
FIRST_ACCEPTED = Question(
    "is this the first accepted message?",
    {
        "the first": {"anything_accepted": True, "anchored": False},
        "one of several": {"anything_accepted": True, "anchored": True},
        "none yet": {"anything_accepted": False, "anchored": False},
    },
)
HANDED_OVER = Question(
    "are mail and code handed over?",
    {
        "both": {"link_accepted": True, "code_handed_over": True},
        "the mail": {"link_accepted": True, "code_handed_over": False},
        "the code": {"link_accepted": False, "code_handed_over": True},
        "neither": {"link_accepted": False, "code_handed_over": False},
    },
)
ANCHORED = yes_no("was a message ever accepted?", anchored=True)
NOTHING_ACCEPTED = yes_no("was nothing accepted yet?", anything_accepted=False)
STALE = yes_no("was the mint more than 24 hours ago?", mint_stale=True)
MAIL_FAILED = yes_no("did the mail fail or bounce?", mail_failed=True)
CONFIRMED = yes_no("did the officer confirm the new address?", confirmed_via_officer=True)
BEFORE_LIMIT_IF_ANY = Question(
    "do the 30 days still run, or have they not begun?",
    {
        "they run": {"before_limit": True, "anchored": True},
        "they have not begun": {"before_limit": True, "anchored": False},
        "not begun, whatever the clock says": {"before_limit": False, "anchored": False},
        "they are over": {"before_limit": False, "anchored": True},
    },
)
LOST = yes_no("was the SMS lost on its way in a manner that a repeat could mend?", code_lost_on_the_way=True)
TIMELY = yes_no("did nothing newer come due by now?", reminder_timely=True)
ARRIVES = yes_no("does mail arrive?", undeliverable=False)
NEVER_DELIVERED = yes_no("was the code never delivered?", code_delivered=False)
REISSUES = yes_no("is a re-issue left?", reissues_left=True)
LIMIT = yes_no("is it before the end of the 30 days?", before_limit=True)
VALID = yes_no("is it before the end of the link?", before_expiry=True)
TRIES = yes_no("are tries left?", tries_left=True)
CODE = Question("is the code right?", {"right": {"code_matches": True}, "wrong": {"code_matches": False}})
TRY = Question(
    "which try is it?", {"first": {"try_number": 1}, "second": {"try_number": 2}, "third": {"try_number": 3}}
)
COUNTED = Question(
    "how many tries are counted by now?",
    {"one": {"attempts_used": 1}, "two": {"attempts_used": 2}, "all three": {"attempts_used": 3}},
)
TOKEN = yes_no("is it the holder of the newest link?", holds_token=True)
RENEWABLE = yes_no("does the issuer renew links?", renewal_allowed=True)
NOT_RENEWED = yes_no("was no link renewed today?", renewed_today=False)
NOT_REPEATED = yes_no("was the link not repeated today?", repeated_today=False)
KEY = Question("which key?", {"app": {"key_kind": KeyKind.TOTP}, "sms": {"key_kind": KeyKind.SMS}})
MOBILE = yes_no("is there a mobile number?", has_mobile=True)
ACCOUNT = yes_no("are user name and password acceptable?", account_ok=True)
RESUME = yes_no("are resume link and code right?", resume_ok=True)
OTP = yes_no("is the one-time code right and new?", otp_ok=True)
SIGNED_IN = yes_no("is the person signed in with a key?", signed_in=True)
ANOTHER_KEY = yes_no("does another key stay?", last_key=False)
REASON = yes_no("is there a reason?", reason_given=True)
REPEATABLE = yes_no("does it carry no secret, has it left, is it still true?", message_repeatable=True)
COOLED = yes_no("was the same message sent long enough ago?", cooldown_over=True)
NOT_FROZEN = yes_no("did nobody say that it was not them?", frozen=False)
PAUSE_OVER = yes_no("was the last code sent a minute ago or earlier?", sms_paused=False)
SMS_KEY_THERE = yes_no("is there a key by SMS?", has_sms_key=True)
PASSWORD = yes_no("were user name and password given in this browser?", password_given=True)
DAY_ENDS = yes_no("is it one miss too many for a day, and the owner not told yet?", misses_end_the_day=True)
