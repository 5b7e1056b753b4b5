"""Words that no message says, in each language: titles that guess, orders without a way on, an address that is no address.

Dates too: a text prints the days of its row in words, and no other. Nothing here renders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from notifications.addressee import Addresses
from notifications.preview import Preview
from notifications.wording import clock_time, spoken_day
from workflow.model import Language
from workflow.outbox import QueuedMessage

Fault = tuple[str, str]
L = Language
_NEUTRAL = (  # the greeting of somebody without a name, and a word that only looks like an order
    "Geachte heer, mevrouw", "Madame, Monsieur", "Sehr geehrte Damen und Herren", "Dear Sir or Madam",
)  # fmt: skip
_BANNED: Mapping[str, Mapping[Language, str]] = {
    "title_guessed": {
        L.NL: "meneer|mijnheer|mevrouw|heer|dhr|mevr",
        L.FR: "monsieur|madame|mademoiselle|mme|mlle",
        L.DE: "herr|herrn|frau|fräulein",
        L.EN: "mr|mrs|ms|miss|sir|madam",
    },
    "click_here": {
        L.NL: "klik hier|hier klikken|via deze link",
        L.FR: "cliquez ici|cliquer ici|par ici",
        L.DE: "klicken sie hier|hier klicken|klick hier",
        L.EN: "click here|follow this link|tap here",
    },
    "word_not_allowed": {  # what tells people off instead of telling them what to do
        L.NL: "ongeldig\\w*|gelieve|alstublieft|alsjeblieft|sorry|helaas|verboden",
        L.FR: "invalides?|non valides?|veuillez|s[’']il vous plaît|merci de|désolée?s?|malheureusement|interdite?s?",
        L.DE: "ungültig\\w*|bitte|entschuldig\\w*|leider|tut uns leid|verboten\\w*",
        L.EN: "invalid|please|kindly|sorry|apolog\\w*|unfortunately|forbidden",
    },
    "not_formal": {
        L.NL: "je|jij|jou|jouw|jullie",
        L.FR: "tu|toi|ton|ta|tes",
        L.DE: "du|dich|dir|dein\\w*|ihr seid|euch|euer",
        L.EN: "hi|hey|hello",
    },
    "number_in_words": {  # 3, 14 and 30 come from the rule itself (3.36)
        L.NL: "drie|veertien|dertig",
        L.FR: "trois|quatorze|trente",
        L.DE: "drei|vierzehn|dreißig",
        L.EN: "three|fourteen|thirty",
    },
}
_PATTERNS = {
    (code, language): re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)
    for code, by_language in _BANNED.items()
    for language, words in by_language.items()
}
_BREAKING = re.compile(r"\w+ [?!:;»]|« \w+")  # French keeps these signs on the line of their word
_DAY_IN_WORDS = re.compile(r"(?<!\w)\d{1,2}(?:er|\.)? [^\W\d_]{3,10} \d{4}(?!\w)")
_DAY_IN_DIGITS = re.compile(r"(?<![\w.-])(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?![\w-])")
_HOUR = re.compile(r"(?<![\d:])\d{1,2}:\d{2}(?![\d:])")
_DOCUMENT_NUMBER = re.compile(r"(?<![\w-])(?:[A-Z]{1,3} ?\d{6,9}|\d{2}[A-Z]{2}\d{5}|\d{9})(?![\w-])")
_BARE_ADDRESS = re.compile(r"(?<![\w@./:-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*[\w/])?(?![\w@])")


def wording(shown: Preview, language: Language) -> Iterable[Fault]:
    """No title, no order, no apology, no first-name form, no number of the rules in words; no sign that starts a line."""
    yield from banned(f"{shown.subject or ''}\n{shown.text}", language)
    if language is Language.FR and shown.segments is None:  # the space that does not break is no letter of an SMS
        yield from breaking(shown.text)


def banned(text: str, language: Language) -> Iterable[Fault]:
    """Every word of a text that nothing says to a person, whatever it stands in."""
    for phrase in _NEUTRAL:
        text = text.replace(phrase, "")
    for code in _BANNED:
        yield from ((code, found) for found in dict.fromkeys(_PATTERNS[code, language].findall(text)))


def breaking(text: str) -> Iterable[Fault]:
    """Every French sign that could start a line."""
    yield from (("space_may_break", found) for found in dict.fromkeys(_BREAKING.findall(text)))


def days(shown: Preview, message: QueuedMessage, language: Language) -> Iterable[Fault]:
    """Every day and hour of a text is one of its row, by which the guard judges too (3.36); no other, and none in digits."""
    text = f"{shown.subject or ''}\n{shown.text}"
    instants, owed = _of_row(message)
    spoken = {spoken_day(day, language) for day in (*owed, *instants)}
    yield from (("day_not_of_the_row", day) for day in _DAY_IN_WORDS.findall(text) if day not in spoken)
    yield from (("day_in_digits", day) for day in _DAY_IN_DIGITS.findall(text))
    hours = {clock_time(instant) for instant in instants}
    yield from (("hour_not_of_the_row", hour) for hour in _HOUR.findall(text) if hour not in hours)


def numbers_and_addresses(shown: Preview, addresses: Addresses) -> Iterable[Fault]:
    """Nothing that looks like the number of a document, and no web address without its beginning, such as a short one."""
    text = f"{shown.subject or ''}\n{shown.text}"
    if _DOCUMENT_NUMBER.search(text):
        yield "looks_like_a_document_number", "letters and digits of a passport or card"
    if addresses.bound_host:
        text = text.replace(f"@{addresses.bound_host} ", "")
    yield from (("bare_address", found) for found in _BARE_ADDRESS.findall(text))


def _of_row(message: QueuedMessage) -> tuple[list[datetime], list[date]]:
    """The instant until which the row may be sent, and the days that it carries."""
    days = [date.fromisoformat(value) for value in message.params.values() if re.fullmatch(r"\d{4}-\d\d-\d\d", value)]
    return ([message.send_before] if message.send_before else []), days
