"""Small parts of inline SVG: elements, texts that fit, figures in groups. They carry classes and no style, as the site's policy
on content asks; they know no case and no chart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

WIDEST = 0.95  # of a letter, as a share of its size
USUAL = 0.61
NARROW = 0.34
NARROW_LETTERS = frozenset("iIjltfr.,:;!|'()[] \u00a0\u202f")
WIDE_LETTERS = frozenset("mwMW@%—…")
GROUP = "\u202f"  # a narrow space that does not break parts thousands in all four languages


@dataclass(frozen=True, slots=True)
class Scroller:
    """What surrounds a picture: the id its title hangs on, and how it is called where it has to be scrolled."""

    ident: str
    kind: str  # the block of its classes: `diagram` or `chart`
    width: float
    height: float


def plain(said: str) -> str:
    """The bare text of what a catalogue said, which may be markup."""
    return said.unescape() if isinstance(said, Markup) else said


def tag(name: str, inside: str = "", /, **attributes: str | float | None) -> str:
    """One element; `_` in a name stands for `-`, a trailing one is left out, None is no attribute. `inside` is markup already."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def text(said: str, /, *, full: str | None = None, **attributes: str | float | None) -> str:
    """A text; where it was cut, the whole of it is its title."""
    whole = tag("title", escape(full)) if full is not None and full != said else ""
    return tag("text", whole + escape(said), **attributes)


def width_of(said: str, size: float) -> float:
    """About how wide a text is, rather too wide than too narrow; letters outside Latin and Greek count as square."""
    return sum(_share(letter) for letter in said) * size


def cut(said: str, size: float, room: float) -> str:
    """As much of a text as fits, with an ellipsis where it does not."""
    if width_of(said, size) <= room:
        return said
    kept = said
    while kept and width_of(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def wrapped(said: str, size: float, room: float) -> list[str]:
    """A text in lines that fit, parted at plain spaces only; a word that is too long for a line is parted too."""
    lines: list[str] = []
    for word in (piece for whole in said.split(" ") if whole for piece in _pieces(whole, size, room)):
        if lines and width_of(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def grouped(number: int) -> str:
    """A figure with its thousands parted: 1 234 567."""
    return f"{number:,}".replace(",", GROUP)


def picture(frame: Scroller, parts: Iterable[str], *, title: str, desc: str) -> Markup:
    """The whole picture, named and described, in a frame that a narrow window can scroll with the keyboard too."""
    named, described = f"{frame.ident}-title", f"{frame.ident}-desc"
    inside = "\n".join(
        (tag("title", escape(plain(title)), id=named), tag("desc", escape(plain(desc)), id=described), *parts)
    )
    drawn = tag(
        "svg", inside, xmlns="http://www.w3.org/2000/svg", class_=f"{frame.kind}__sheet",
        viewBox=f"0 0 {_text(frame.width)} {_text(frame.height)}", width=_letters(frame.width), height=_letters(frame.height),
        role="img", aria_labelledby=named, aria_describedby=described, focusable="false",
    )  # fmt: skip
    return Markup(tag("div", drawn, class_=frame.kind, tabindex="0", role="group", aria_labelledby=named))


def _letters(pixels: float) -> str:
    """A length that grows with the reader's own size of letters."""
    return f"{_text(pixels / 16)}rem"


def _pieces(word: str, size: float, room: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and width_of(pieces[-1] + letter, size) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _share(letter: str) -> float:
    if letter in NARROW_LETTERS:
        return NARROW
    if letter in WIDE_LETTERS or letter > "\u2e7f":
        return WIDEST if letter < "\u2e80" else 1.05
    return USUAL if letter.islower() or letter.isdigit() else 0.72


def _text(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"
