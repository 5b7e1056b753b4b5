"""What a rendered message may and must say, one rule a function: lengths, letters, links, secrets, equal parts, equal facts.

Each rule returns what is wrong as pairs of a stable code and what it is about; nothing here renders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date

from notifications.addressee import Addresses
from notifications.catalogue import LONGEST_SUBJECT, MessageType
from notifications.contexts import words_of
from notifications.gsm import offending
from notifications.pages import Page, read_page, words
from notifications.preview import Preview
from notifications.samples import ACTIVATION, CODE, ORDINARY, OTP, REQUEST, TOKEN
from notifications.wording import spoken_day
from workflow.codes import grouped
from workflow.model import Language
from workflow.outbox import Audience, Channel, MessageKind, QueuedMessage

M = MessageKind
Fault = tuple[str, str]
LINK_CARRIERS = frozenset({M.M1, M.M8, M.M11, M.M13})
MUST: Mapping[MessageKind, tuple[str, ...]] = {  # what each message must print, in every turn and language
    M.M0: ("reference", "answer_by", "desk_url"),
    M.M1: ("reference", "entity", "purpose", "link", "activate_url", "link_until", "contact"),
    M.M2: (
        "reference", "entity", "purpose", "link_until", "link_days", "block_on", "limit_days", "tries", "help_site", "contact",
    ),
    M.M3: ("reference", "code"),
    M.M4: ("reference", "shown_until", "desk_url"),
    M.M5: ("reference", "answer_until", "desk_url"),
    M.M6: ("reference", "desk_url"),
    M.M7: ("reference", "entity", "link_until", "block_on", "contact"),
    M.M8: ("reference", "entity", "link", "link_until", "block_on", "attempts_left", "contact"),
    M.M9: ("reference", "blocked_on", "contact"),
    M.M10: ("reference",),
    M.M11: ("reference", "entity", "changed_on", "contact"),
    M.M12: ("reference", "entity", "cancelled_on", "contact"),
    M.M13: ("reference", "entity", "finish_until", "contact"),
    M.M14: ("reference", "entity", "expires_on", "keys_url", "contact"),
    M.M15: ("otp", "minutes"),
}  # fmt: skip
_NATIONAL_NUMBER = re.compile(r"(?<![\w-])\d{2}\.?\d{2}\.?\d{2}[ -]?\d{3}\.?\d{2}(?![\w-])")
_URL = re.compile(r"https?://[^\s\"'<>]+")
_LEFT_OVER = ("{{", "}}", "{%", "%}", "None", "Undefined", "<mj-")
LONGEST_BOUND_HOST = 19  # our own texts leave room for so many characters; a longer host goes without the line (A17)


def length(told: MessageType, shown: Preview) -> Iterable[Fault]:
    """Subject, words and segments stay within the budget of the message."""
    if shown.subject is not None and len(shown.subject) > LONGEST_SUBJECT:
        yield "subject_too_long", f"{len(shown.subject)} characters, at most {LONGEST_SUBJECT}"
    if told.words and len(words(shown.text)) > told.words:
        yield "too_many_words", f"{len(words(shown.text))} words, at most {told.words}"
    if told.segments and (shown.segments or 0) > told.segments:
        yield "too_many_segments", f"{shown.segments} segments of {len(shown.text)} characters, at most {told.segments}"


def letters(told: MessageType, shown: Preview) -> Iterable[Fault]:
    """An SMS keeps to the GSM alphabet; nothing of a template is left over."""
    if told.channel is Channel.SMS and offending(shown.text):
        yield "outside_gsm_alphabet", " ".join(offending(shown.text))
    for part in (shown.subject or "", shown.text, shown.html or ""):
        yield from (("left_over", sign) for sign in _LEFT_OVER if sign in part)


def bound(told: MessageType, shown: Preview, addresses: Addresses) -> Iterable[Fault]:
    """The last line of an SMS binds its code to our pages, so that a phone fills it in there and nowhere else (A17)."""
    host = addresses.bound_host
    if told.channel is not Channel.SMS or host is None or len(host) > LONGEST_BOUND_HOST:
        return
    code = OTP if told.kind is M.M15 else CODE
    if shown.text.splitlines()[-1] != f"@{host} #{code}":
        yield "bound_line_missing", "the last line must be @host #CODE; shorten the words before it"


def secrecy(told: MessageType, shown: Preview) -> Iterable[Fault]:
    """No link and code in one message, nothing telling in a subject, no name in an SMS, no person's name to an officer."""
    whole = f"{shown.subject or ''}\n{shown.text}\n{shown.html or ''}"
    if TOKEN in whole and told.kind not in LINK_CARRIERS:
        yield "link_not_allowed", "only M1, M8, M11 and M13 carry one"
    if (CODE in whole or grouped(CODE) in whole) and told.kind is not M.M3:
        yield "code_not_allowed", "only M3 carries one"
    if OTP in whole and told.kind is not M.M15:
        yield "one_time_code_not_allowed", "only M15 carries one"
    if _NATIONAL_NUMBER.search(whole):
        yield "looks_like_a_national_number", "eleven digits"
    names = (ORDINARY.given_name, ORDINARY.family_name)
    hidden = shown.text if told.channel is Channel.SMS or told.audience is not Audience.APPLICANT else ""
    if any(name in hidden or name in (shown.subject or "") for name in names):
        yield "name_not_allowed", "in a subject, an SMS or a message to an officer"


def links(told: MessageType, shown: Preview, addresses: Addresses) -> Iterable[Fault]:
    """Links lead to our own pages or the help site, are printed in full, and never stand in an SMS."""
    found = _URL.findall(shown.text)
    if told.channel is Channel.SMS and found:
        yield "link_in_sms", "an SMS carries none"
    homes = (addresses.applicant_base_url, addresses.base_url, addresses.help_site)
    yield from (("foreign_link", url) for url in found if not _within(url, homes))
    if shown.html is not None:
        printed = set(words(shown.text))
        for link in read_page(shown.html).links:
            bare = link.removeprefix("mailto:")
            if bare not in printed:
                yield "link_not_printed", link if TOKEN not in link else "the link of the applicant"


def page(shown: Preview, language: Language) -> Iterable[Fault]:
    """The HTML part is one accessible page in its language, fetches nothing, and says what the text says."""
    if shown.html is None:
        return
    read = read_page(shown.html)
    yield from _form(read, language)
    if read.words != words(shown.text):
        yield "parts_differ", _first_difference(read.words, words(shown.text))


def facts(message: QueuedMessage, shown: Preview, language: Language, addresses: Addresses) -> frozenset[str]:
    """Which values of the row, of the person and of our addresses the text prints, by their names."""
    values = _values(message, language, addresses)
    return frozenset(name for name, printed in values.items() if printed and _prints(shown.text, printed))


def missing(told: MessageType, printed: frozenset[str]) -> Iterable[Fault]:
    """What the message must print."""
    wanted = MUST[told.kind]
    if told.audience is Audience.FILER:
        wanted = tuple(name for name in wanted if name != "entity")
    yield from (("not_printed", name) for name in wanted if name not in printed)


def _form(read: Page, language: Language) -> Iterable[Fault]:
    if read.language != language:
        yield "html_language", str(read.language)
    if read.headings != 1:
        yield "html_headings", f"{read.headings}, there must be one"
    yield from (("html_fetches", name) for name in read.foreign)


def _values(message: QueuedMessage, language: Language, addresses: Addresses) -> dict[str, str]:
    said = words_of(message)
    values: dict[str, str] = {}
    for one in fields(said):
        value: object = getattr(said, one.name)
        if isinstance(value, date):
            values[one.name] = spoken_day(value, language)
        elif type(value) is int or one.name in ("code", "otp"):
            values[one.name] = str(value)
        elif one.name == "token" and value:
            values["link"] = addresses.link(str(value))
    reference = ACTIVATION if message.audience is Audience.APPLICANT else REQUEST
    return values | {
        "reference": reference,
        "entity": ORDINARY.entity_name,
        "purpose": ORDINARY.purpose,
        "activate_url": addresses.activate_url,
        "keys_url": addresses.keys_url,
        "desk_url": addresses.desk_url(reference),
        "help_site": addresses.help_site,
        "contact": addresses.contact,
    }


def _prints(text: str, printed: str) -> bool:
    """Whether a value stands in the text; a number must stand by itself, not as part of a date or of a list's numbering."""
    if not printed.isdigit():
        return printed in text
    return re.search(rf"(?<![\w.:-]){printed}(?=[ ,)\u00a0])", text) is not None


def _within(url: str, homes: tuple[str, ...]) -> bool:
    """Whether an address is one of these or below it; a name that only begins like ours is somebody else's."""
    return any(url == home or url.startswith((f"{home}/", f"{home}?")) for home in homes)


def _first_difference(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    """The place where HTML and text part, without the words: they may be somebody's."""
    place = next(
        (at for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), min(len(left), len(right))
    )
    return f"from word {place + 1} on; {len(left)} words in HTML, {len(right)} in text"
