"""E-mail addresses and mobile numbers: what is accepted, how two are compared, how one is masked (domain D4).

Nothing is looked up: an address that parses may still bounce, and the delivery receipts will tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from identity.problems import Problem
from identity.text import clean_text, refuse_web_address

LONGEST_EMAIL = 254
LONGEST_MOBILE = 40
HOME_REGION = "BE"

# The code goes out by SMS (3.10). In some countries, such as the United States, a number does not tell its kind.
_GETS_SMS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_PHONE_SIGNS = frozenset("0123456789+()/.- \u00a0\u2010\u2011\u2013")


@dataclass(frozen=True, slots=True)
class Email:
    """An address as typed, as it is compared, and as a mail server takes it."""

    address: str = field(repr=False)
    key: str = field(repr=False)
    deliverable: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mobile:
    """A number in E.164, which is also what is compared."""

    e164: str = field(repr=False)

    @property
    def key(self) -> str:
        """The comparison key."""
        return self.e164


def parse_email(text: str) -> Email:
    """Read an e-mail address; dots and plus signs are kept, since only its host may interpret them.

    Raises: Problem `empty`, `too_long`, `unsafe_character`, `web_address` or `email`.
    """
    typed = refuse_web_address(clean_text(text, longest=LONGEST_EMAIL))
    try:
        # test_environment admits .test, where rehearsals live; no address is resolved.
        checked = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise _no_email() from None
    if checked.ascii_email is None:
        # Servers without SMTPUTF8 refuse such an address, and the link would never arrive.
        raise Problem("email", "Before the @ only letters without accents, digits and common signs reach everybody.")
    if len(checked.ascii_email) > LONGEST_EMAIL:
        raise Problem("too_long", f"Use at most {LONGEST_EMAIL} characters.")
    key = f"{checked.local_part.casefold()}@{checked.ascii_domain.lower()}"
    return Email(address=typed, key=key, deliverable=checked.ascii_email)


def email_key(text: str) -> str:
    """Return the key under which two spellings of one address are the same."""
    return parse_email(text).key


def parse_mobile(text: str) -> Mobile:
    """Read a mobile number; without `+` or `00` it is read as Belgian.

    Raises: Problem `empty`, `too_long`, `unsafe_character`, `mobile` or `not_mobile`.
    """
    typed = clean_text(text, longest=LONGEST_MOBILE)
    if not set(typed) <= _PHONE_SIGNS:
        # Letters, extensions and digits of other scripts would be guessed into a number nobody typed.
        raise _no_mobile()
    try:
        number = phonenumbers.parse(typed, HOME_REGION)
    except phonenumbers.NumberParseException:
        raise _no_mobile() from None
    if not phonenumbers.is_valid_number(number):
        raise _no_mobile()
    if phonenumbers.number_type(number) not in _GETS_SMS:
        raise Problem("not_mobile", "This number cannot receive an SMS; give a personal mobile number.")
    return Mobile(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def sms_country(e164: str) -> str | None:
    """The ISO code of the country of a number that can receive an SMS; None for premium, VoIP, landline or no number."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.number_type(number) not in _GETS_SMS:
        return None
    return phonenumbers.region_code_for_number(number)


def mask_email(address: str) -> str:
    """Return an address that its owner recognises and nobody can use: `z***@e***.org`; of anything else nothing."""
    local, _, domain = address.rpartition("@")
    host, _, top = domain.rpartition(".")
    return f"{local[:1]}***@{host[:1]}***.{top}" if local and host else "***"


def mask_mobile(e164: str) -> str:
    """Return the number as `ending 78`."""
    return f"ending {last_digits(e164)}"


def last_digits(e164: str) -> str:
    """Return the two digits that may be shown, for a page in any language."""
    return e164[-2:]


def _no_email() -> Problem:
    return Problem("email", "Give one e-mail address, such as name@example.org.")


def _no_mobile() -> Problem:
    return Problem("mobile", "Give a mobile number that exists, with + and the country code, or a Belgian one.")
