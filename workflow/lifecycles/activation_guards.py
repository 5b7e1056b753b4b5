"""What the guards of an activation look at, and the guards themselves, named as statements."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.machine import guard
from workflow.model import CodeChannel, KeyKind


@dataclass(frozen=True, slots=True)
class Facts:
    """Plain values gathered by the use case; instants are already judged against `now`, strictly before."""

    has_insz: bool = False
    other_activation_open: bool = False
    contact_unique: bool = False
    code_channel: CodeChannel = CodeChannel.SMS
    anchored: bool = False  # a message was ever accepted (reading 2)
    anything_accepted: bool = False
    link_accepted: bool = False
    code_handed_over: bool = False
    mint_stale: bool = False  # minted more than 24 h ago
    mail_failed: bool = False
    confirmed_via_officer: bool = False
    code_delivered: bool = False
    code_lost_on_the_way: bool = False
    reminder_timely: bool = False
    undeliverable: bool = False
    reissues_left: bool = False
    before_limit: bool = False  # now < first link + 30 days
    before_expiry: bool = False  # now < link_expires
    tries_left: bool = False
    try_number: int = 0  # 1..3: of the try being counted or judged
    code_matches: bool = False
    attempts_used: int = 0
    holds_token: bool = False
    renewal_allowed: bool = False
    renewed_today: bool = False
    repeated_today: bool = False
    key_kind: KeyKind = KeyKind.TOTP
    has_mobile: bool = False
    account_ok: bool = False
    resume_ok: bool = False
    otp_ok: bool = False
    signed_in: bool = False
    last_key: bool = True
    reason_given: bool = False
    message_repeatable: bool = False
    cooldown_over: bool = False
    frozen: bool = False  # somebody said that it was not them (F59)
    sms_paused: bool = False  # a code was sent less than a minute ago, or is withheld
    misses_end_the_day: bool = False  # of one-time codes, and the owner has not heard of it today
    has_sms_key: bool = False
    password_given: bool = False  # in this browser, for this activation


LAST_TRY = 3  # 3.36


@guard("An activation needs a number, and the person has no other open activation.")
def can_be_issued(facts: Facts) -> bool:
    return facts.has_insz and not facts.other_activation_open


@guard("The e-mail address or the mobile number is already used in another file. Ask the person for a personal one.")
def contact_is_unique(facts: Facts) -> bool:
    return facts.contact_unique


@guard("The code of this activation is on paper.")
def is_sms(facts: Facts) -> bool:
    return facts.code_channel is CodeChannel.SMS


@guard("The code of this activation comes by SMS.")
def is_paper(facts: Facts) -> bool:
    return facts.code_channel is CodeChannel.PAPER


@guard("No message has been accepted yet.")
def first_message_is_accepted(facts: Facts) -> bool:
    return facts.anything_accepted and not facts.anchored


@guard("Mail and code are not both handed over yet.")
def link_and_code_are_handed_over(facts: Facts) -> bool:
    return facts.link_accepted and facts.code_handed_over


@guard("A message has been accepted already; link and code stand.")
def nothing_was_accepted(facts: Facts) -> bool:
    return not facts.anything_accepted


@guard("Link and code are fresh enough to be sent.")
def mint_is_stale(facts: Facts) -> bool:
    return facts.mint_stale


@guard("The mail did not fail. Correct the address only after it bounced or failed.")
def mail_failed(facts: Facts) -> bool:
    return facts.mail_failed


@guard("Confirm the new address with the officer of the entity first: --set confirmed=true.")
def new_contact_is_confirmed(facts: Facts) -> bool:
    return facts.confirmed_via_officer


@guard("The 30 days are over. A new request is needed.")
def is_before_limit_or_not_anchored(facts: Facts) -> bool:
    return facts.before_limit or not facts.anchored


@guard("The code has been delivered; it is not sent again. A new request is needed if it was lost.")
def code_was_never_delivered(facts: Facts) -> bool:
    return not facts.code_delivered


@guard("Something newer came due by now; one mail a run says enough.")
def reminder_is_timely(facts: Facts) -> bool:
    return facts.reminder_timely


@guard("Mail to this address came back; it is corrected first.")
def mail_arrives(facts: Facts) -> bool:
    return not facts.undeliverable


@guard("No SMS with this code was lost on its way in a manner that a repeat could mend.")
def code_was_lost_on_the_way(facts: Facts) -> bool:
    return facts.code_lost_on_the_way


@guard("The code has been issued again as often as it may. A new request is needed.")
def reissues_are_left(facts: Facts) -> bool:
    return facts.reissues_left


@guard("The link has expired. A new link can be asked for: bisdesk activation renew.")
def link_is_valid(facts: Facts) -> bool:
    return facts.before_expiry


@guard("The 30 days are over and the activation is blocked. A new request is needed.")
def before_the_limit(facts: Facts) -> bool:
    return facts.before_limit


@guard("All three tries are used. A new request is needed.")
def tries_are_left(facts: Facts) -> bool:
    return facts.tries_left


@guard("This is the last try.")
def not_last_try(facts: Facts) -> bool:
    return facts.try_number < LAST_TRY


@guard("Tries are left.")
def last_try(facts: Facts) -> bool:
    return facts.try_number >= LAST_TRY


@guard("The code does not match.")
def code_is_right(facts: Facts) -> bool:
    return facts.code_matches


@guard("The code matches.")
def code_is_wrong(facts: Facts) -> bool:
    return not facts.code_matches


@guard("Not all three tries are counted.")
def all_tries_are_counted(facts: Facts) -> bool:
    return facts.attempts_used >= LAST_TRY


@guard("Another try is being judged.")
def no_other_try_is_judged(facts: Facts) -> bool:
    return facts.attempts_used < LAST_TRY


@guard("The link is still valid. It can be sent again: bisdesk activation resend.")
def link_is_over(facts: Facts) -> bool:
    return not facts.before_expiry


@guard("Only the newest link can be renewed or sent again.")
def applicant_holds_latest_token(facts: Facts) -> bool:
    return facts.holds_token


@guard("The office that issued the code allows no renewal. A new request is needed.")
def issuer_allows_renewal(facts: Facts) -> bool:
    return facts.renewal_allowed


@guard("A new link was sent today. The next one can be asked for tomorrow.")
def not_renewed_today(facts: Facts) -> bool:
    return not facts.renewed_today


@guard("The link was sent again today. The next time is tomorrow.")
def not_repeated_today(facts: Facts) -> bool:
    return not facts.repeated_today


@guard("The user name is taken or the password does not follow the rules.")
def account_is_acceptable(facts: Facts) -> bool:
    return facts.account_ok


@guard("The key is not by app.")
def key_is_an_app(facts: Facts) -> bool:
    return facts.key_kind is KeyKind.TOTP


@guard("The key is not by SMS.")
def key_is_by_sms(facts: Facts) -> bool:
    return facts.key_kind is KeyKind.SMS


@guard("There is no mobile number for a key by SMS. Choose the app.")
def sms_key_is_possible(facts: Facts) -> bool:
    return facts.has_mobile


@guard("Resuming needs a mobile number. Come to the office that issued the code, with your identity document.")
def resume_is_possible(facts: Facts) -> bool:
    return facts.has_mobile


@guard("The resume link or its code is not right or no longer valid. Ask for a new one: bisdesk activation resume.")
def resume_proof_is_right(facts: Facts) -> bool:
    return facts.resume_ok


@guard("The one-time code does not match or is used already. Type the newest one.")
def one_time_code_is_right(facts: Facts) -> bool:
    return facts.otp_ok


@guard("Sign in with one of your keys first.")
def signed_in_with_a_key(facts: Facts) -> bool:
    return facts.signed_in


@guard("The last key cannot be removed. Add another one first.")
def key_is_not_the_last(facts: Facts) -> bool:
    return not facts.last_key


@guard("Say why: a reason code, and a text where the code asks for one.")
def reason_is_given(facts: Facts) -> bool:
    return facts.reason_given


@guard("No message has ever been accepted; the 30 days have not begun.")
def link_is_anchored(facts: Facts) -> bool:
    return facts.anchored


@guard(
    "Only a mail that carries no link and no code, that has left or come back and is still true, is sent again. "
    "Else: bisdesk activation resend, renew or resume, do REF reissue_code, or bisdesk message retry."
)
def message_can_be_repeated(facts: Facts) -> bool:
    return facts.message_repeatable


@guard("The same message was sent a moment ago. Wait a little before it is sent again.")
def resend_cooldown_is_over(facts: Facts) -> bool:
    return facts.cooldown_over


@guard("It is frozen: somebody said that it was not them. The service desk looks into it; write to them.")
def is_not_frozen(facts: Facts) -> bool:
    return not facts.frozen


@guard("It is not frozen.")
def is_frozen(facts: Facts) -> bool:
    return facts.frozen


@guard("A code was sent a moment ago, or too many were wrong. Wait a little before you ask for another one.")
def sms_pause_is_over(facts: Facts) -> bool:
    return not facts.sms_paused


@guard("No day of one-time codes ends here, or the owner has been told.")
def owner_is_to_be_told(facts: Facts) -> bool:
    return facts.misses_end_the_day


@guard("There is no key by SMS. Use the app.")
def has_a_key_by_sms(facts: Facts) -> bool:
    return facts.has_sms_key


@guard("Give user name and password first.")
def password_is_given(facts: Facts) -> bool:
    return facts.password_given
