"""What the files of a text may hold before anything is filled in: known values only, the same in every language, all escaped.

It renders nothing, so it also sees the turn that no sample takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from jinja2 import TemplateError, meta, nodes

from notifications.addressee import Addressee
from notifications.catalogue import MessageType
from notifications.contexts import words_of
from notifications.rendering import COMMON, Renderer
from notifications.samples import samples
from notifications.templates import BASE
from workflow.model import Language
from workflow.outbox import Channel

Found = tuple[str, str, str]  # language, a stable code, what it is about
SHARED = ("greeting", "why", "closing")
PERSONAL = frozenset({"name", "about", "entity", "purpose"})  # one letter of these can turn an SMS into UCS-2 (D9)
_TAG = re.compile(r"<[^>]*>")
_NUMBERING = re.compile(r"^\d+\. ", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w&#])(?!1\b)\d+")


@dataclass(frozen=True, slots=True)
class _Source:
    """One file: which values it asks for, what it says by itself, and whether it lets a value in as markup."""

    asks: frozenset[str]
    says: str
    trusts: bool


def sources(renderer: Renderer, told: MessageType) -> Iterator[Found]:
    """What is wrong with the files of one message; a file that is missing or broken is told elsewhere."""
    asked: dict[int, frozenset[str]] = {}
    known = _known(told)
    for language in renderer.languages:
        for place, name in enumerate(names_of(told, language)):
            source = _read(renderer, name)
            if source is None:
                continue
            first = asked.setdefault(place, source.asks)
            if source.asks != first:
                yield language, "placeholders_differ", ", ".join(sorted(source.asks ^ first))
            for code, what in _faults(source, told, known):
                yield language, code, f"{what} in {name}"


def shared_sources(renderer: Renderer) -> Iterator[Found]:
    """What is wrong with the files that all mails share."""
    known = _names_of(Addressee) | COMMON
    for name in sorted(shared_files()):
        source = _read(renderer, name)
        if source is None:
            continue
        yield from (("", "variable_unknown", f"{one} in {name}") for one in sorted(source.asks - known))
        if source.trusts:
            yield "", "value_unescaped", name


def names_of(told: MessageType, language: Language) -> tuple[str, ...]:
    """The files that hold a message in one language."""
    if told.channel is Channel.EMAIL:
        parts = (f"subject.{language}.txt", f"body.{language}.txt", f"body.{language}.mjml")
        return tuple(f"{told.folder}/{part}" for part in parts)
    return (f"{told.folder}.{language}.txt",)


def shared_files() -> set[str]:
    """The files of the one frame of all mails, and the words that they share."""
    parted = {f"{BASE}{part}.{language}.{kind}" for part in SHARED for language in Language for kind in ("txt", "mjml")}
    terms = {f"{BASE}terms.{language}.txt" for language in Language}
    return parted | terms | {f"{BASE}layout.txt", f"{BASE}layout.mjml", f"{BASE}parts.mjml"}


def _faults(source: _Source, told: MessageType, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    yield from (("variable_unknown", one) for one in sorted(source.asks - known))
    if told.channel is Channel.SMS:
        yield from (("person_in_sms", one) for one in sorted(source.asks & PERSONAL - _own(told)))
    if source.trusts:
        yield "value_unescaped", "a value is let in as markup"
    yield from (("number_written_out", number) for number in _NUMBER.findall(source.says))


def _read(renderer: Renderer, name: str) -> _Source | None:
    loader, templates = renderer.templates.loader, renderer.templates
    if loader is None:
        return None
    try:
        text, _, _ = loader.get_source(templates, name)
        tree = templates.parse(text)
        imported = {one.target for one in tree.find_all(nodes.Import)}  # a block does not see them as declared
        asks = frozenset(meta.find_undeclared_variables(tree) - imported)
    except TemplateError:
        return None
    said = "".join(value for _, kind, value in templates.lex(text) if kind == "data")
    return _Source(asks, _NUMBERING.sub("", _TAG.sub(" ", said)), _trusts(tree))


def _trusts(tree: nodes.Template) -> bool:
    """Whether a value passes unescaped: a filter that says so, or a block in which nothing is escaped."""
    safe = any(one.name in ("safe", "forceescape") for one in tree.find_all(nodes.Filter))
    return safe or next(tree.find_all(nodes.ScopedEvalContextModifier), None) is not None


def _known(told: MessageType) -> frozenset[str]:
    """Every value that a text of this message may ask for."""
    return _names_of(Addressee) | COMMON | _own(told)


def _own(told: MessageType) -> frozenset[str]:
    """The values that come from the row; what a one-time code is for has the name of a person's reason."""
    own = frozenset[str]().union(*(_names_of(type(words_of(sample.message))) for sample in samples(told)))
    return own - {"token"}


def _names_of(kind: type) -> frozenset[str]:
    return frozenset(one.name for one in fields(kind))
