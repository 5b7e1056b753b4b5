"""Judges all texts at once: every message, turn and language exists, renders, even for difficult names, and keeps the rules.

It sends nothing and reads no store; what it finds names no person, since all people here are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import TemplateError

from notifications import lint_rules as rules
from notifications.catalogue import TYPES, MessageType
from notifications.errors import UnfitMessage
from notifications.lint_sources import names_of, shared_files, shared_sources, sources
from notifications.lint_wording import days, numbers_and_addresses, wording
from notifications.pages import read_page, words
from notifications.preview import Preview, preview
from notifications.rendering import Renderer
from notifications.samples import DIFFICULT, Sample, SamplePerson, samples
from notifications.templates import BASE
from notifications.vocabulary import END_REASONS
from workflow.intake_fields import FIELD_RULES
from workflow.model import KeyKind, Language, Slot
from workflow.outbox import Channel

Shown = Mapping[Language, Preview]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a text: where, a stable code, and what it is about."""

    message: str
    language: str
    turn: str
    code: str
    what: str

    def __str__(self) -> str:
        return f"{self.message} [{self.language}] {self.turn}: {self.code}: {self.what}"


def lint(
    renderer: Renderer, *, types: Sequence[MessageType] = TYPES, progress: Callable[[int], None] | None = None
) -> list[Problem]:
    """Everything that is wrong with the texts of this renderer; an empty list when they may go out."""
    found = [*_files(renderer), *_terms(renderer)]
    found += [Problem("", language, "", code, what) for language, code, what in shared_sources(renderer)]
    for done, told in enumerate(types, start=1):
        found += [Problem(told.title, language, "", code, what) for language, code, what in sources(renderer, told)]
        for sample in samples(told):
            found += _turn(renderer, told, sample)
        found += [problem for person in DIFFICULT for problem in _bears(renderer, told, person)]
        if progress:
            progress(done)
    return found


def _files(renderer: Renderer) -> Iterator[Problem]:
    """Every file is there, and none that no message uses (a misspelt one would be silently ignored)."""
    there = set(renderer.templates.list_templates())
    for told in TYPES:
        for language in renderer.languages:
            for name in names_of(told, language):
                if name not in there:
                    yield Problem(told.title, language, "", "file_missing", name)
    known = {name for told in TYPES for language in Language for name in names_of(told, language)} | shared_files()
    yield from (Problem("", "", "", "file_unknown", name) for name in sorted(there - known))


def _terms(renderer: Renderer) -> Iterator[Problem]:
    """Every field, reason and key has its words in every language."""
    wanted = {"fields": {*FIELD_RULES, *Slot}, "reasons": END_REASONS, "keys": {*KeyKind}}
    for language in renderer.languages:
        try:
            said = vars(renderer.templates.get_template(f"{BASE}terms.{language}.txt").module)
        except TemplateError as error:
            yield Problem("", language, "terms", "template_fault", type(error).__name__)
            continue
        for table, keys in wanted.items():
            there = {key for key, text in said.get(table, {}).items() if text.strip()}
            yield from (Problem("", language, table, "term_missing", key) for key in sorted(keys - there))
            yield from (Problem("", language, table, "term_unknown", key) for key in sorted(there - keys))


def _turn(renderer: Renderer, told: MessageType, sample: Sample) -> Iterator[Problem]:
    """One turn in every language, for an ordinary person."""
    shown: dict[Language, Preview] = {}
    for language in renderer.languages:
        try:
            shown[language] = preview(renderer, told, sample, language)
        except UnfitMessage as error:
            yield Problem(told.title, language, sample.name, error.code, error.what)
    printed: dict[Language, frozenset[str]] = {}
    for language, one in shown.items():
        printed[language] = rules.facts(sample.message, one, language, renderer.addresses)
        faults = [*_faults(renderer, told, one, language), *rules.missing(told, printed[language])]
        faults += days(one, sample.message, language)
        yield from (Problem(told.title, language, sample.name, code, what) for code, what in faults)
    anywhere = frozenset[str]().union(*printed.values())
    for language, names in printed.items():
        if anywhere - names:
            what = "another language prints " + ", ".join(sorted(anywhere - names))
            yield Problem(told.title, language, sample.name, "facts_differ", what)


def _faults(renderer: Renderer, told: MessageType, one: Preview, language: Language) -> Iterator[rules.Fault]:
    yield from rules.length(told, one)
    yield from rules.letters(told, one)
    yield from rules.bound(told, one, renderer.addresses)
    yield from rules.secrecy(told, one)
    yield from rules.links(told, one, renderer.addresses)
    yield from rules.page(one, language)
    yield from wording(one, language)
    yield from numbers_and_addresses(one, renderer.addresses)


def _bears(renderer: Renderer, told: MessageType, person: SamplePerson) -> Iterator[Problem]:
    """A difficult name changes no subject, no segment and no tag; it is only text."""
    for language in renderer.languages:
        for sample in samples(told) if told.channel is Channel.SMS else samples(told)[:1]:
            try:
                one = preview(renderer, told, sample, language, person)
            except UnfitMessage as error:
                yield Problem(told.title, language, person.name, error.code, error.what)
                continue
            for code, what in _injured(told, one):
                yield Problem(told.title, language, person.name, code, what)


def _injured(told: MessageType, one: Preview) -> Iterator[rules.Fault]:
    yield from (fault for fault in rules.length(told, one) if fault[0] != "too_many_words")
    yield from rules.letters(told, one) if told.channel is Channel.SMS else ()
    if one.subject is not None and len(one.subject.splitlines()) != 1:
        yield "subject_lines", "a subject is one line"
    if one.html is not None:
        read = read_page(one.html)
        if read.foreign or read.headings != 1:
            yield "value_became_markup", ", ".join(read.foreign) or "tags"
        if read.words != words(one.text):
            yield "parts_differ", "for a difficult name"
