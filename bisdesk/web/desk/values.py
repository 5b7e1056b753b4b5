"""A value of a request as officers read it, in the language of the page: a day in words, a country by name, yes for true."""

from __future__ import annotations

from datetime import date

from bisdesk.web.desk.filing.countries import name_of
from bisdesk.web.desk.filing.sheets import SHEETS, Item, Kind
from bisdesk.web.words import Words
from notifications.wording import spoken_day

ITEMS: dict[str, Item] = {item.path: item for sheet in SHEETS for item in sheet.items}


def in_words(words: Words, path: str, value: object) -> str:
    """The value of the field at this JSON path; what is not as its field should be, stands as it was typed."""
    if isinstance(value, bool):
        return words.say("case.yes" if value else "case.no")
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    item, text = ITEMS.get(path), str(value)
    match item.kind if item else None:
        case Kind.COUNTRY:
            return name_of(text, words)
        case Kind.CHOICE if item and text in item.choices:
            return words.say(f"{item.words}{text}")
        case Kind.DAY | Kind.BIRTH if day := _day(text):
            return spoken_day(day, words.language)
    return text


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
