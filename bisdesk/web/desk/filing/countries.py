"""Countries as officers read them, in the language of the page and in its order."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale

from bisdesk.web.words import Words
from identity.countries import COUNTRIES, FORMER_STATES
from workflow.model import Language


def name_of(code: str, words: Words) -> str:
    """The name of a country, or of a state that no longer exists."""
    if code in FORMER_STATES:
        return str(words.say(f"filing.former.{code}"))
    return _names(words.language).get(code, code)


def choices(words: Words, *, born: bool) -> tuple[tuple[str, str], ...]:
    """Codes and names, by name; somebody may have been born in a state that no longer exists (domain D4)."""
    names = dict(_names(words.language))
    if born:
        names |= {code: name_of(code, words) for code in FORMER_STATES}
    return tuple(sorted(names.items(), key=lambda pair: _order(pair[1])))


@cache
def _names(language: Language) -> dict[str, str]:
    territories = Locale(language.value).territories
    return {code: territories.get(code, code) for code in COUNTRIES}


def _order(name: str) -> str:
    """Österreich stands under O."""
    return "".join(sign for sign in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(sign))
