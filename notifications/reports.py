"""Reads what a mail server reports about a mail of ours (RFC 3464), as servers really write it; it believes no address in it.

Whatever it is given, it answers with a report or with None: anybody may write to the address that reports come home to.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from workflow.outbox import ReceiptStatus

LARGEST = 1_000_000  # bytes that are read; the report itself stands before the mail that comes back with it
DEEPEST = 5  # parts within parts; gateways wrap a report once or twice
MOST_PARTS = 20
MOST_RECIPIENTS = 50  # of one report; ours go to one address, which may fan out behind it
MOST_LINES = 500  # of headers, and of fields of a report
HOME_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "to")
STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")

# B3, RFC 3464 2.3.3. The order is the order of weight: where one address fanned out, a loss is what a person must see.
ACTIONS = {
    "failed": ReceiptStatus.BOUNCED,
    "delivered": ReceiptStatus.DELIVERED,
    "expanded": ReceiptStatus.DELIVERED,
    "relayed": ReceiptStatus.HANDED_ON,
    "delayed": ReceiptStatus.DELAYED,
}
CLASSES = {
    "5": "failed",
    "4": "delayed",
    "2": "relayed",
}  # for a report that names no action; "2" alone proves no arrival
# RFC 3463, 7505: no such mailbox, no such place, no address at all, moved away, no mail taken there, mailbox closed.
# Not 5.1.7 and 5.1.8 (our own sender is at fault), 5.7.x (a rule, or our reputation), 5.2.2 (full), 5.4.x (the way there):
# of those the address itself may be right, and another mail may arrive.
NEVER_ARRIVES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})

_HEADER = re.compile(r"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?!\d)")
_WITHIN = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_PARAMETER = {
    name: re.compile(rf";\s*{name}\s*=\s*(?:\"([^\"]{{1,200}})\"|([^\s;\"]{{1,200}}))", re.IGNORECASE)
    for name in ("boundary", "report-type")
}
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Report:
    """What a server says became of a mail; whom it says it of is not kept, since nothing may follow from it."""

    status: ReceiptStatus
    code: str | None = None  # `dsn_5.1.1`: digits only, never the server's text
    envelope_id: str | None = field(default=None, repr=False)
    came_to: tuple[str, ...] = field(default=(), repr=False)  # the addresses that the report itself was sent to
    suppress: bool = False


@dataclass(frozen=True, slots=True)
class _Verdict:
    action: str
    code: str | None


def read_report(mail: bytes) -> Report | None:
    """The report that a mail is; None for everything else, such as an absence note or a mail that somebody forwards."""
    headers, body = _parted(_lines_of(mail[:LARGEST]))
    if not (fields := _status_of(headers, body, depth=DEEPEST)):
        return None
    groups = list(_groups(fields))
    verdicts = [verdict for group in groups if (verdict := _verdict(group)) is not None][:MOST_RECIPIENTS]
    if not verdicts:
        return None
    worst = min(verdicts, key=lambda verdict: list(ACTIONS).index(verdict.action))
    return Report(
        ACTIONS[worst.action],
        f"dsn_{worst.code}" if worst.code else "dsn",
        next((text for name, text in fields if name == "original-envelope-id"), None),
        tuple(text for name, text in headers if name in HOME_HEADERS),
        suppress=worst.action == "failed" and worst.code in NEVER_ARRIVES,
    )


def _lines_of(mail: bytes) -> str:
    """The mail with lines that end in one way; a line of an mbox before the first header is dropped."""
    text = re.sub(r"\r+\n?", "\n", mail.decode("latin-1"))
    return text.partition("\n")[2] if text.startswith("From ") else text


def _parted(text: str) -> tuple[Headers, str]:
    """Headers, unfolded, with their names in lower case; and what follows the first empty line."""
    head, _, body = ("", "", text[1:]) if text.startswith("\n") else text.partition("\n\n")
    unfolded = re.sub(r"\n[ \t]+", " ", head).split("\n", MOST_LINES)[:MOST_LINES]
    found = (_HEADER.match(line) for line in unfolded)
    return [(match[1].lower(), match[2].strip()) for match in found if match], body


def _status_of(headers: Headers, body: str, *, depth: int, reported: bool = False) -> Headers:
    """The fields of the first status part inside a report; a mail attached to a mail is somebody else's, and not opened."""
    kind = _value(headers, "content-type")
    media = kind.partition(";")[0].strip().lower()
    if media in STATUS_PARTS:
        return _fields(_decoded(headers, body)) if reported else []
    boundary = _parameter(kind, "boundary")
    if not media.startswith("multipart/") or not boundary or not depth:
        return []
    if media == "multipart/report":
        reported = _parameter(kind, "report-type").lower() in ("", "delivery-status", "global-delivery-status")
    for part in _parts(body, boundary):
        if fields := _status_of(*_parted(part), depth=depth - 1, reported=reported):
            return fields
    return []


def _parts(body: str, boundary: str) -> Iterator[str]:
    """What stands between the lines of a boundary; the last part of a truncated mail goes on to its end."""
    line = re.compile(rf"^--{re.escape(boundary)}(--)?[ \t]*$", re.MULTILINE)
    begin: int | None = None
    for count, found in enumerate(line.finditer(body)):
        if begin is not None:
            yield body[begin : found.start()]
        if found[1] or count >= MOST_PARTS:
            return
        begin = found.end() + 1
    if begin is not None:
        yield body[begin:]


def _fields(text: str) -> Headers:
    """The fields of a status part in their order; the empty lines between them are set in many wrong ways, so none counts."""
    lines = re.sub(r"\n[ \t]+(?=\S)", " ", text).split("\n", MOST_LINES)[:MOST_LINES]
    found = (_HEADER.match(line) for line in lines if line.strip())
    return [(match[1].lower(), match[2].strip()) for match in found if match]


def _groups(fields: Headers) -> Iterator[dict[str, str]]:
    """Fields by recipient: a new one begins where a field comes a second time."""
    group: dict[str, str] = {}
    for name, text in fields:
        if name in group:
            yield group
            group = {}
        group[name] = text
    yield group


def _verdict(group: dict[str, str]) -> _Verdict | None:
    """What is said of one recipient; None where nothing is."""
    status = _STATUS.match(group.get("status", ""))
    word = re.match(r"[a-z]*", group.get("action", "").lower())
    action = word[0] if word and word[0] in ACTIONS else CLASSES.get(status[1], "") if status else ""
    if not action:
        return None
    code = ".".join(str(int(number)) for number in status.groups()) if status else None
    return _Verdict(action, _sharper(code, group) if action == "failed" else code)


def _sharper(code: str | None, group: dict[str, str]) -> str | None:
    """Exim says 5.0.0 and leaves what the other server said in the diagnosis: only its digits are taken from there."""
    said = _WITHIN.search(group.get("diagnostic-code", "")) if code in (None, "5.0.0") else None
    return ".".join(str(int(number)) for number in said.groups()) if said else code


def _value(headers: Headers, wanted: str) -> str:
    return next((text for name, text in headers if name == wanted), "")


def _parameter(header: str, name: str) -> str:
    found = _PARAMETER[name].search(header)
    return (found[1] or found[2]) if found else ""


def _decoded(headers: Headers, body: str) -> str:
    """A status part should be plain; some gateways encode it all the same."""
    encoding = _value(headers, "content-transfer-encoding").lower()
    try:
        match encoding:
            case "base64":
                return _lines_of(binascii.a2b_base64(body.encode("latin-1")))
            case "quoted-printable":
                return _lines_of(quopri.decodestring(body.encode("latin-1")))
            case _:
                return body
    except (binascii.Error, ValueError):
        return ""
