"""Makes the HTML of a page from its screen, in one language. It knows no HTTP, and no text of a person is ever a template."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bisdesk.web.applicant.screens import Mistake, Screen
from bisdesk.web.theme import Theme
from bisdesk.web.words import OWN_NAMES, Words, words
from notifications.wording import clock_time, spoken_day
from workflow.model import Language

FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds a page: its language, where it is, the hidden token of its forms, who looks, which environment."""

    language: Language
    here: str  # the path that the language switch leads to
    form: str = field(repr=False)
    signed_in: bool
    environment: str  # `demo` or `test` gets a badge
    about: str = ""  # who asked, once it is known
    ref: str = ""  # the reference to quote


class Pages:
    """Every page of the applicant's site."""

    def __init__(self, theme: Theme, languages: Sequence[Language]) -> None:
        self._theme = theme
        self._languages = tuple(languages)
        self._words = {language: words(language) for language in self._languages}
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    @property
    def goes_to(self) -> str:
        """The application that keys are for, where the installation names one."""
        return self._theme.goes_to

    def html(self, screen: Screen, frame: Frame) -> str:
        """The whole page."""
        language = frame.language
        said = self._words[language]
        return self._environment.get_template(f"{screen.template}.html").render(
            screen=screen,
            frame=frame,
            theme=self._theme,
            t=said.say,
            day=lambda value: _day(value, language),
            clock=clock_time,
            whole=_whole,
            mail=_address,
            contact=_address(self._theme.contact),
            mistakes=_by_field(screen.mistakes, said),
            languages=[(other, OWN_NAMES[other], switched(frame.here, other)) for other in self._languages],
            language=language,
        )


def switched(here: str, language: Language) -> str:
    """The same address in another language."""
    asked = urlsplit(here)
    query = [(name, value) for name, value in parse_qsl(asked.query, keep_blank_values=True) if name != "lang"]
    return f"{asked.path}?{urlencode([*query, ('lang', language.value)])}"


def _by_field(mistakes: Sequence[Mistake], said: Words) -> dict[str, list[Markup]]:
    found: dict[str, list[Markup]] = defaultdict(list)
    for mistake in mistakes:
        found[mistake.name].append(said.say(mistake.sentence, **mistake.values))
    return dict(found)


def _day(value: date, language: Language) -> str:
    """A day in words that stays on one line."""
    return spoken_day(value, language).replace(" ", "\N{NO-BREAK SPACE}")


def _whole(value: str) -> Markup:
    """A reference, which no line breaks at its hyphens; what is copied is what was printed."""
    return Markup('<span class="whole">{}</span>').format(value)


def _address(mail: str) -> Markup:
    """A mail address: whole where a line has room for it, else broken after its @, and then before a dot, as printers do."""
    local, at, domain = mail.rpartition("@")
    parts = Markup("<wbr>").join(re.split(r"(?=\.)", domain))
    part = Markup('<span class="address">{}</span>')
    return part.format(Markup("{}{}<wbr>{}").format(local, at, part.format(parts)))
