"""The address that reports about our mail come home to: one per message, signed, so that nobody can report what is not theirs.

It reads reports and matches them; it knows no store. A name of a message counts only with its signature (F22).
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from notifications.reports import Report, read_report
from workflow.outbox import Receipt

MAC_HEX = 20  # 80 bits: nobody guesses that by mail
LONGEST_LOCAL = 64 - len("+.") - 32 - MAC_HEX  # RFC 5321: 64 octets before the @ in all
PROVIDER = "mail"
_SIGNED = rf"([0-9a-f]{{32}})\.([0-9a-f]{{{MAC_HEX}}})"
_ADDRESS = re.compile(rf"\+{_SIGNED}@", re.IGNORECASE)
_ENVELOPE_ID = re.compile(rf"\s*<?{_SIGNED}>?\s*", re.IGNORECASE)
_PLAIN = re.compile(rf"([a-z0-9][a-z0-9._-]{{0,{LONGEST_LOCAL - 1}}})@((?:[a-z0-9-]+\.)*[a-z0-9-]+)", re.IGNORECASE)


class Ignored(StrEnum):
    """Why a mail to that address changes nothing."""

    NO_REPORT = "no_report"  # an absence note, spam, a report of a reader
    UNSIGNED = "unsigned"  # a report that names no message of ours
    FORGED = "forged"  # a name with a wrong signature, or two messages at once


@dataclass(frozen=True, slots=True)
class BounceAddress:
    """Where reports come home, and the key that signs each message's own form of it."""

    local: str
    domain: str
    key: bytes = field(repr=False)

    def sender_of(self, message_id: UUID) -> str:
        """The envelope sender of a message; lower case, so that a server that lowers addresses changes nothing."""
        return f"{self.local}+{message_id.hex}.{self._mac('sender', message_id)}@{self.domain}"

    def envelope_id_of(self, message_id: UUID) -> str:
        """The name that a server with DSN repeats in its reports; signed apart from the sender."""
        return f"{message_id.hex}.{self._mac('envelope', message_id)}"

    def receipt_of(self, mail: bytes, *, came_to: str | None = None) -> Receipt | Ignored:
        """What a mail tells of a message of ours; `came_to` is its envelope recipient where the mail server told it."""
        report = read_report(mail)
        if report is None:
            return Ignored.NO_REPORT
        found = self._named(report, came_to)
        if isinstance(found, Ignored):
            return found
        return Receipt(PROVIDER, report.status, found, code=report.code, suppress=report.suppress)

    def _named(self, report: Report, came_to: str | None) -> UUID | Ignored:
        """The one message that a report names, by its own recipient or else by the envelope's name.

        Every name in our form must carry its signature, and all must agree.
        """
        places = (came_to or "", *report.came_to)
        claims = [("sender", *found) for place in places for found in _ADDRESS.findall(place)]
        if named := _ENVELOPE_ID.fullmatch(report.envelope_id or ""):
            claims.append(("envelope", named[1], named[2]))
        if not claims:
            return Ignored.UNSIGNED
        signed = {UUID(hex=of) for purpose, of, mac in claims if self._is_mac(mac, purpose, UUID(hex=of))}
        forged = any(not self._is_mac(mac, purpose, UUID(hex=of)) for purpose, of, mac in claims)
        return Ignored.FORGED if forged or len(signed) != 1 else signed.pop()

    def _is_mac(self, given: str, purpose: str, message_id: UUID) -> bool:
        return hmac.compare_digest(given.lower(), self._mac(purpose, message_id))

    def _mac(self, purpose: str, message_id: UUID) -> str:
        return hmac.digest(self.key, purpose.encode() + message_id.bytes, sha256().name).hex()[:MAC_HEX]


def bounce_address(address: str, key: bytes) -> BounceAddress:
    """The home of reports as configured. Raises: ValueError for what is no plain address, or too long to be signed."""
    plain = _PLAIN.fullmatch(address)
    if plain is None:
        raise ValueError(
            f"write a plain address such as bounces@mail.example, with at most {LONGEST_LOCAL} signs before the @"
        )
    return BounceAddress(plain[1].lower(), plain[2].lower(), key)
