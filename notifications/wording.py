"""How days and times are written in each language (D7), in Belgian time.

It knows nothing of messages.
"""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date

from workflow.calendar import BRUSSELS, brussels_date
from workflow.model import Language

_LOCALES = {Language.NL: "nl", Language.FR: "fr", Language.DE: "de", Language.EN: "en_GB"}


def spoken_day(day: date, language: Language) -> str:
    """A day in words, such as 8 december 2026; an instant is taken as its day in Belgium."""
    local = brussels_date(day) if isinstance(day, datetime) else day
    text = format_date(local, "d MMMM y" if language is not Language.DE else "d. MMMM y", locale=_LOCALES[language])
    if language is Language.FR and local.day == 1:
        return "1er" + text[1:]  # French counts only the first of a month with an ordinal
    return text


def clock_time(instant: datetime) -> str:
    """The hour and minute in Belgium, such as 14:05; the text around it names the zone."""
    return f"{instant.astimezone(BRUSSELS):%H:%M}"
