"""One message as a page to look at: all languages side by side, a mail as a window, an SMS on a phone, a letter on paper.

The page stands by itself: no script, nothing from elsewhere, a mail's own styles shut in with it. It reads no store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from notifications.catalogue import KINDS, MessageType, of_kind
from notifications.gallery_style import STYLE
from notifications.gsm import SINGLE_GSM7, is_gsm7, septets
from notifications.pages import words
from notifications.preview import Preview, preview
from notifications.rendering import Renderer
from notifications.samples import Sample, samples
from workflow.model import Language
from workflow.outbox import Audience, Channel, MessageKind

LANGUAGES: Mapping[Language, str] = {
    Language.NL: "Nederlands",
    Language.FR: "Français",
    Language.DE: "Deutsch",
    Language.EN: "English",
}
INDEX = "index.html"
READERS = {
    Audience.APPLICANT: "the applicant",
    Audience.FILER: "the officer who filed",
    Audience.SERVICE_DESK: "the service desk",
}
WAYS = {Channel.EMAIL: "E-mail", Channel.SMS: "SMS", Channel.LETTER: "Letter", Channel.TASK: "Task on the desk"}
_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
"""
_STYLES = re.compile(r"<style.*?</style>", re.DOTALL)
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One turn of one message in every language."""

    told: MessageType
    sample: Sample
    shown: Mapping[Language, Preview]


def rows(renderer: Renderer, kind: MessageKind, *, all_turns: bool = False) -> tuple[Row, ...]:
    """What the page of a kind shows: its messages in their most ordinary turn, or in every one. Raises: UnfitMessage."""
    chosen = [(told, one) for told in of_kind(kind) for one in (samples(told) if all_turns else samples(told)[:1])]
    return tuple(
        Row(told, one, {language: preview(renderer, told, one, language) for language in renderer.languages})
        for told, one in chosen
    )


def page(kind: MessageKind, meaning: str, shown: Sequence[Row], *, index: str | None = None) -> str:
    """The page of a kind; `meaning` says in a few words what the message is, `index` names the page to go back to."""
    back = f'<p class="back"><a href="{escape(index)}">All messages</a></p>\n' if index else ""
    head = f"{back}<h1><b>{escape(kind)}</b> {escape(meaning)}</h1>\n"
    return _document(f"{kind}: {meaning}", head + "".join(map(_row, shown)))


def pages(renderer: Renderer, meanings: Mapping[MessageKind, str], *, all_turns: bool = False) -> Mapping[str, str]:
    """A folder of pages, by file name: one for each kind, and an index. Raises: UnfitMessage."""
    files = {
        f"{kind}.html": page(kind, meanings[kind], rows(renderer, kind, all_turns=all_turns), index=INDEX)
        for kind in KINDS
    }
    items = "".join(
        f'<li><a href="{kind}.html"><b>{escape(kind)}</b> {escape(meanings[kind])}</a></li>\n' for kind in KINDS
    )
    return {INDEX: _document("All messages", f'<h1>All messages</h1>\n<ul class="index">\n{items}</ul>\n'), **files}


def _document(title: str, body: str) -> str:
    return f"{_HEAD}<title>{escape(title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"


def _row(row: Row) -> str:
    turn = "" if row.sample.name == "plain" else f" <i>{escape(row.sample.name)}</i>"
    head = f"<h2>{WAYS[row.told.channel]} to {READERS[row.told.audience]}{turn}</h2>\n"
    figures = "".join(
        f'<figure lang="{language}">\n<figcaption>{LANGUAGES[language]}</figcaption>\n{_device(row.told, one)}</figure>\n'
        for language, one in row.shown.items()
    )
    return f'<section>\n{head}<div class="side">\n{figures}</div>\n</section>\n'


def _device(told: MessageType, one: Preview) -> str:
    match told.channel:
        case Channel.EMAIL:
            return _mail(told, one)
        case Channel.SMS:
            return _phone(one)
        case Channel.LETTER:
            return f'<pre class="paper">{escape(one.text)}</pre>\n'
        case Channel.TASK | Channel.REGISTER:
            return f'<p class="task">{escape(one.text)}</p>\n'


def _mail(told: MessageType, one: Preview) -> str:
    """A window with the HTML part as its reader sees it; below, the text part, for who wants to compare."""
    html = one.html or ""
    found = _BODY.search(html)
    inside = "".join(_STYLES.findall(html)) + (found[1] if found else "")
    count = f"{len(words(one.text))} of {told.words} words"
    return (
        '<div class="mail">\n<div class="bar"><span></span><span></span><span></span></div>\n'
        f'<p class="subject">{escape(one.subject or "")}</p>\n'
        f'<div class="html"><template shadowrootmode="open">{inside}</template></div>\n</div>\n'
        f"<details>\n<summary>Text part, {count}</summary>\n<pre>{escape(one.text)}</pre>\n</details>\n"
    )


def _phone(one: Preview) -> str:
    text = escape(one.text).replace("\n", "<br>")
    return (
        '<div class="phone">\n<p class="from">Bisdesk</p>\n'
        f'<p class="bubble">{text}</p>\n<p class="count">{_length(one)}</p>\n</div>\n'
    )


def _length(one: Preview) -> str:
    """How much of one segment the text takes, or how many segments it needs."""
    many = "1 segment" if one.segments == 1 else f"{one.segments} segments"
    return f"{septets(one.text)} of {SINGLE_GSM7}, {many}" if is_gsm7(one.text) else f"outside GSM, {many}"
