"""Slips of the keyboard worth a warning and never a refusal: mail hosts (homtail), O for 0 (ux E7, E8)."""

from __future__ import annotations

_WELL_KNOWN = (
    "gmail.com hotmail.com hotmail.be hotmail.fr outlook.com outlook.be yahoo.com yahoo.fr icloud.com live.be "
    "live.com live.nl telenet.be skynet.be proximus.be orange.fr wanadoo.fr laposte.net ziggo.nl kpnmail.nl "
    "gmx.de gmx.net web.de t-online.de protonmail.com"
)
_REAL = "mail.com ymail.com email.com gmx.at live.de live.fr hotmail.de hotmail.nl yahoo.be web.nl"

_WELL_KNOWN_HOSTS = tuple(_WELL_KNOWN.split())
# One letter away from a well-known host, and real all the same.
_REAL_HOSTS = frozenset(_REAL.split())


def suspected_host(email: str) -> str | None:
    """Return the well-known mail host that the typed one is a single slip away from, if any."""
    host = email.rpartition("@")[2].lower()
    if host in _WELL_KNOWN_HOSTS or host in _REAL_HOSTS:
        return None
    return next((known for known in _WELL_KNOWN_HOSTS if _one_slip(host, known)), None)


def holds_letter_o(document_number: str) -> bool:
    """Tell whether a document number holds the letter O, which is often a mistyped zero."""
    return "O" in document_number.upper()


def _one_slip(typed: str, meant: str) -> bool:
    """Tell whether one letter was dropped, added, replaced or swapped with its neighbour."""
    start = next((place for place, pair in enumerate(zip(typed, meant, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return abs(len(typed) - len(meant)) == 1
    rest, right = typed[start:], meant[start:]
    swapped = rest[:2] == right[1::-1] and rest[2:] == right[2:]
    return swapped or rest[1:] == right[1:] or rest[1:] == right or rest == right[1:]
