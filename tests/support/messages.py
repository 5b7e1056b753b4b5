"""Writes docs/messages.md from the texts themselves, and tells which pictures no longer show what is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from bisdesk.describe.words import MESSAGES
from notifications.catalogue import KINDS, LONGEST_SUBJECT, MessageType, of_kind
from notifications.gallery import READERS, WAYS, page, rows
from notifications.pages import words
from notifications.preview import preview
from notifications.rendering import Renderer
from notifications.samples import samples
from workflow.model import Language
from workflow.outbox import MessageKind

FOLDER = "docs/pictures/messages"
MARK = "shows"  # the text inside a picture that names what it was taken of
RENDERER = Renderer(applicant_base_url="https://sleutels.example.be", base_url="https://bisdesk.example.be")
INTRODUCTION = f"""\
<!-- Generated from templates/; write it again with `make docs`, the pictures with `make pictures`. -->

# What people get

Every message as its reader gets it, in four languages, with invented values. A person gets one of the four: the applicant the
preferred language, an officer the own one. A mail leaves as HTML and as text that say the same; a subject has at most
{LONGEST_SUBJECT} characters, an SMS fits one part of the GSM alphabet and ends with the line by which a phone knows where its code
belongs.

To look at them yourself, in the turn that you want to see:

    bisdesk message preview M1 --lang fr                print a message in one language
    bisdesk message preview M6 --all-turns --html m6.html   a page, all languages side by side
    bisdesk message preview --all --html pages          a folder of such pages, with an index
    bisdesk message lint                                whether every text keeps the rules

[Change a text](how-to/change-a-text.md) tells how to put a text of your own in the place of one of these. `make check` names the
pictures below that no longer show what is sent, and `make pictures` takes those again.
"""


def messages_page(_: Path) -> str:
    """docs/messages.md."""
    table = "\n".join(_line(told) for kind in KINDS for told in of_kind(kind))
    head = "| Message | Goes to | By | At most | Longest: nl, fr, de, en |\n|---|---|---|---|---|\n"
    sections = "\n".join("\n".join(_section(kind)) for kind in KINDS)
    return f"{INTRODUCTION}\n{head}{table}\n\n{sections}"


def shown(kind: MessageKind) -> str:
    """The page of which the picture of a kind is taken."""
    return page(kind, MESSAGES[kind], rows(RENDERER, kind))


def digest(kind: MessageKind) -> str:
    """What the picture of a kind must have been taken of."""
    return hashlib.sha256(shown(kind).encode()).hexdigest()[:16]


def picture_of(kind: MessageKind, root: Path) -> Path:
    """Where the picture of a kind lies."""
    return root / FOLDER / f"{kind}.png"


def stale_pictures(root: Path) -> list[str]:
    """The pictures that are missing, show something else than what is sent, or belong to no message."""
    wanted = {picture_of(kind, root): digest(kind) for kind in KINDS}
    there = set((root / FOLDER).glob("*"))
    old = [path for path, mark in wanted.items() if path not in there or _mark(path) != mark]
    return [path.relative_to(root).as_posix() for path in [*old, *sorted(there - set(wanted))]]


def _mark(path: Path) -> str | None:
    with Image.open(path) as picture:
        return picture.info.get(MARK)


def _line(told: MessageType) -> str:
    most = f"{told.words} words" if told.words else "1 part"
    longest = ", ".join(str(_longest(told, language)) for language in Language)
    unit = "" if told.words else " of 160 septets"
    return (
        f"| [{told.kind}](#{told.kind.lower()}) {MESSAGES[told.kind]} | {READERS[told.audience]} | {WAYS[told.channel]} "
        f"| {most} | {longest}{unit} |"
    )


def _longest(told: MessageType, language: Language) -> int:
    every = [preview(RENDERER, told, one, language).text for one in samples(told)]
    return max(len(words(text)) if told.words else len(text) for text in every)


def _section(kind: MessageKind) -> Iterator[str]:
    yield f"## {kind}\n"
    meaning = MESSAGES[kind]
    yield f"{meaning[0].upper()}{meaning[1:]}; the texts are `{digest(kind)}`.\n"
    turns = [one.name for told in of_kind(kind)[:1] for one in samples(told)]
    if len(turns) > 1:
        yield f"Shown is the first of its {len(turns)} turns: {', '.join(turns)}.\n"
    yield f"![{kind}, {meaning}, in Dutch, French, German and English](pictures/messages/{kind}.png)\n"
