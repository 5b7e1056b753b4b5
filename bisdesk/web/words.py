"""What the pages say in each language, from gettext catalogues whose msgids are names such as `code.title`.

A name that a catalogue lacks is a fault of ours and raises: no person ever sees the name instead of the sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from workflow.model import Language

FOLDER = Path(__file__).parent / "locale"
OWN_NAMES = {Language.NL: "Nederlands", Language.FR: "Français", Language.DE: "Deutsch", Language.EN: "English"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One entry of a catalogue: one form, or the forms of each number with the name of the value that is counted."""

    forms: tuple[str, ...]
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: Language
    sentences: Mapping[str, Sentence] = field(repr=False)
    form_of: Callable[[int], int] = field(repr=False)

    def say(self, name: str, /, **values: object) -> Markup:
        """The sentence of this name, values put in, ready for HTML: what is no markup already is made harmless.

        Raises: LookupError for a name or a value that is not there.
        """
        found = self.sentences.get(name)
        if found is None:
            raise LookupError(f"There is no sentence {name} in {self.language.value}.")
        number = self.form_of(int(str(values[found.counted]))) if found.counted else 0
        return escape(found.forms[number]) % values


@cache
def words(language: Language) -> Words:
    """The catalogue of a language, read once in a process."""
    return merged(language, (FOLDER / f"{language.value}.po",))


def merged(language: Language, paths: Sequence[Path]) -> Words:
    """The words of several catalogues of one language. Raises: LookupError for a name that stands in two of them."""
    sentences: dict[str, Sentence] = {}
    rule = ""
    for path in paths:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language.value, abort_invalid=True)
        rule = catalogue.plural_expr
        found = dict(_named(message) for message in catalogue if message.id)
        if twice := sorted(found.keys() & sentences.keys()):
            raise LookupError(f"{path.name} says again what another catalogue says: {', '.join(twice)}.")
        sentences |= found
    return Words(language, sentences, _rule(rule))


def _named(message: Message) -> tuple[str, Sentence]:
    if isinstance(message.id, str):
        return message.id, Sentence((str(message.string),))
    name, counted = message.id
    return name, Sentence(tuple(str(form) for form in message.string or ()), counted)


def _rule(expression: str) -> Callable[[int], int]:
    """Which form a number takes. Two rules serve the four languages; another language has to be thought about."""
    rules: dict[str, Callable[[int], int]] = {"(n != 1)": lambda n: int(n != 1), "(n > 1)": lambda n: int(n > 1)}
    return rules[expression]
