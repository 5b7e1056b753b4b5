"""What every chart is made of: caption, table of numbers, fills that differ by more than their colour, and the keys to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bisdesk.describe.drawing import Scroller, cut, grouped, picture, plain, tag, text, width_of, wrapped

WIDTH = 720
LABEL, NUMBER = 14, 13  # sizes of letters; the style sheet has the same
LINE = 24
STYLES = 8  # fills that can be told apart; the ninth series looks like the first
KEY = 16
PATTERNS = (
    "", "M0 8 L8 0", "M2 2h2v2h-2z M6 6h2v2h-2z", "M0 4 H8", "M4 0 V8", "M0 0 L8 8", "M0 0 L8 8 M8 0 L0 8", "M0 4 H8 M4 0 V8",
)  # fmt: skip
Cell = str | int | float


def one_decimal(number: float) -> str:
    """A figure with one place."""
    return f"{number:.1f}"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a language writes figures."""

    whole: Callable[[int], str] = grouped
    decimal: Callable[[float], str] = one_decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a chart is called: `title` and `empty` are sentences in the language of the page."""

    ident: str  # apart from every other id of the page
    title: str
    desc: str
    empty: str  # told where there is nothing to draw
    numbers: Numbers = Numbers()


@dataclass(frozen=True, slots=True)
class Table:
    """The same numbers to read: the first cell of a row is its name; `foot` sums up where a sum means something."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished chart."""

    title: str
    desc: str
    svg: Markup
    table: Table


def chart(caption: Caption, parts: Iterable[str], table: Table, *, width: float = WIDTH, height: float) -> Chart:
    """A chart out of its parts."""
    frame = Scroller(plain(caption.ident), "chart", width, height)
    drawn = picture(frame, (_patterns(caption.ident), *parts), title=caption.title, desc=caption.desc)
    return Chart(caption.title, caption.desc, drawn, table)


def nothing(caption: Caption, table: Table) -> Chart:
    """A chart of nothing, which says so."""
    lines = wrapped(plain(caption.empty), LABEL, WIDTH - 48)
    high = 48 + LINE * len(lines)
    frame = tag("rect", class_="chart__empty", x=1, y=1, width=WIDTH - 2, height=high - 2, rx=8)
    said = (
        text(line, class_="chart__label", x=WIDTH / 2, y=42 + LINE * row, text_anchor="middle")
        for row, line in enumerate(lines)
    )
    return chart(caption, (frame, *said), table, height=high)


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of a series by its left upper corner."""

    x: float
    y: float
    width: float
    height: float


def filled(ident: str, series: int, block: Block) -> str:
    """A rectangle in the fill of a series: a colour, and lines over it."""
    style = series % STYLES
    where = {"x": block.x, "y": block.y, "width": block.width, "height": block.height}
    under = tag("rect", class_=f"chart__fill chart__fill--{style + 1}", **where)
    return under + (tag("rect", fill=f"url(#{ident}-fill-{style + 1})", **where) if PATTERNS[style] else "")


def plate(said: str, block: Block) -> str:
    """A number in a rectangle, on a plate of its own so that no fill disturbs it; nothing where it has no room."""
    wide = width_of(said, NUMBER) + 6
    if wide > block.width - 4 or block.height < 18:
        return ""
    x, y = block.x + block.width / 2, block.y + block.height / 2
    back = tag("rect", class_="chart__plate", x=x - wide / 2, y=y - 8, width=wide, height=16, rx=3)
    return back + text(said, class_="chart__number", x=x, y=y + 4.5, text_anchor="middle")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a chart as they stand, and how high they are."""

    parts: tuple[str, ...]
    height: float


def keys(ident: str, names: Sequence[str], *, y: float, width: float, first: int = 0) -> Keys:
    """What each fill stands for, in as many lines as it takes; `first` is the fill of the first name."""
    parts: list[str] = []
    x, top = 0.0, y
    for series, name in enumerate(names, first):
        shown = cut(plain(name), LABEL, width - KEY - 8)
        wide = KEY + 8 + width_of(shown, LABEL)
        if x and x + wide > width:
            x, top = 0.0, top + LINE
        parts.append(filled(ident, series, Block(x, top + 3, KEY, KEY)))
        parts.append(text(shown, class_="chart__label", x=x + KEY + 8, y=top + 16, full=plain(name)))
        x += wide + 20
    return Keys(tuple(parts), top + LINE - y)


def label(name: str, *, x: float, y: float, room: float, anchor: str | None = None) -> str:
    """A name, cut to its room with the whole as its title."""
    return text(cut(plain(name), LABEL, room), class_="chart__label", x=x, y=y, text_anchor=anchor, full=plain(name))


def column_for(names: Iterable[str], *, most: float) -> float:
    """How wide a column of names is, up to a most."""
    return min(most, max((width_of(plain(name), LABEL) for name in names), default=0.0))


def _patterns(ident: str) -> str:
    drawn = (
        tag(
            "pattern", tag("path", class_="chart__hatch", d=d), id=f"{ident}-fill-{number}", width=8, height=8,
            patternUnits="userSpaceOnUse",
        )
        for number, d in enumerate(PATTERNS, 1)
        if d
    )  # fmt: skip
    return tag("defs", "".join(drawn))
