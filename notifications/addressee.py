"""What every message may say besides its own words: whom it greets, which case it is about, where to click and whom to ask.

It knows nothing of kinds of messages; all values of persons are made harmless for one line of text here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from identity.names import initials
from workflow.correspondence import Recipient
from workflow.model import Language

LONGEST_PURPOSE = 100
LONGEST_ENTITY = 100
CONTACT = "gebruikersbeheer@vlaanderen.be"  # 3.1
HELP_SITE = "https://sma-help.fedict.belgium.be"  # 3.37
_WEB_SIGNS = ("://", "www.")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where links lead, and whom to ask; web addresses without a slash at the end."""

    applicant_base_url: str
    base_url: str
    contact: str = CONTACT
    help_site: str = HELP_SITE

    def link(self, token: str) -> str:
        """The link that only its holder knows."""
        return f"{self.applicant_base_url}/a/{token}"

    @property
    def activate_url(self) -> str:
        """The address that can be typed; the reference that it asks for opens nothing and brings a mail (A23)."""
        return f"{self.applicant_base_url}/activate"

    @property
    def keys_url(self) -> str:
        """The page of one's own keys, for who logs in with one (B2-13)."""
        return f"{self.applicant_base_url}/keys"

    def desk_url(self, reference: str) -> str:
        """The page of a request; the desk itself for what is no request."""
        return f"{self.base_url}/desk/requests/{reference}" if reference.startswith("BR-") else f"{self.base_url}/desk"

    @property
    def bound_host(self) -> str | None:
        """The host that a one-time code may be bound to (A17); an address of digits can be bound to nothing."""
        host = urlsplit(self.applicant_base_url).hostname or ""
        return host if any(char.isalpha() for char in host) and ":" not in host else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """The recipient as texts use them; the remarks are those of M5."""

    language: Language
    reference: str
    entity: str
    name: str = field(repr=False)
    about: str = field(repr=False)  # initials of the person, for officers: never more (data minimisation)
    purpose: str = field(repr=False)
    remarks: tuple[str, ...] = ()
    remark_reasons: Mapping[str, str] = field(default_factory=dict, repr=False)  # by path, where a field has its own
    remark_lines: tuple[str, ...] = field(default=(), repr=False)


def addressee_of(recipient: Recipient, language: Language) -> Addressee:
    """The recipient with every value fit for a line of text."""
    return Addressee(
        language=language,
        reference=one_line(recipient.reference),
        entity=_cut(one_line(recipient.entity_name), LONGEST_ENTITY),
        name=one_line(recipient.name),
        about=initials(recipient.given_name, recipient.family_name),
        purpose=harmless_purpose(recipient.purpose),
        remarks=recipient.remarks,
        remark_reasons={path: one_line(text) for path, text in recipient.remark_reasons.items()},
        remark_lines=tuple(line for line in map(one_line, recipient.remark_text.splitlines()) if line),
    )


def one_line(text: str) -> str:
    """The text on one line, without control characters and without marks that turn the reading direction."""
    kept = "".join(char if _is_harmless(char) else " " for char in text)
    return " ".join(kept.split())


def _is_harmless(char: str) -> bool:
    category = unicodedata.category(char)
    return category not in {"Cc", "Cs", "Zl", "Zp"} and (category != "Cf" or char in "\u200c\u200d")


def harmless_purpose(text: str) -> str:
    """What the officer wrote as reason, short; left out when it holds a web address, which would be a link in our name."""
    line = one_line(text).rstrip(".")
    if any(sign in line.casefold() for sign in _WEB_SIGNS):
        return ""
    return _cut(line, LONGEST_PURPOSE)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
