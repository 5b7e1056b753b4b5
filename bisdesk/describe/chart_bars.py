"""Charts of lying bars: open work by age, load of each person, causes of failure of each language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bisdesk.describe.chart_parts import (
    NUMBER,
    WIDTH,
    Block,
    Caption,
    Cell,
    Chart,
    Table,
    chart,
    column_for,
    filled,
    keys,
    label,
    nothing,
    plate,
)
from bisdesk.describe.drawing import plain, text, width_of

ROW, THICK, TOP_GAP = 34, 24, 10
SLIM_ROW, SLIM = 26, 16
LEAST = 3  # what is not nought is seen
MOST_LABEL = 220


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a name, and a count for each part."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedBars:
    """Bars of parts: open work by state in bands of age, or cases of each person in time and late."""

    caption: Caption
    what: str  # heads the column of names, such as State or Person
    total: str  # heads the sums
    parts: tuple[str, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedBars:
    """The same bars in each group: causes of failure in each language, side by side, so that small ones compare."""

    caption: Caption
    what: str
    total: str
    parts: tuple[str, ...]
    groups: tuple[Bar, ...]


def ageing(asked: StackedBars) -> Chart:
    """Open work by state, each bar parted by age, the oldest part last."""
    return _stacked(asked)


def load(asked: StackedBars) -> Chart:
    """Open cases of each person, each bar parted into in time and late."""
    return _stacked(asked)


def failure_causes(asked: GroupedBars) -> Chart:
    """How often each cause of failure came up in each language."""
    table = _table(asked.what, asked.total, asked.parts, asked.groups)
    most = max((count for group in asked.groups for count in group.counts), default=0)
    if not most:
        return nothing(asked.caption, table)
    scale = _scale(asked.parts, most, asked.caption, kinds=1)
    parts: list[str] = []
    y = 0.0
    for group in asked.groups:
        parts.append(text(plain(group.name), class_="chart__heading", x=0, y=y + 19))
        y += 28
        for series, (name, count) in enumerate(zip(asked.parts, group.counts, strict=True)):
            parts += _slim(asked.caption, scale, _Slim(name, count, series), y)
            y += SLIM_ROW
        y += TOP_GAP
    return chart(asked.caption, parts, table, height=y)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where bars begin, and how wide counts are: every part gets a least width beside its share."""

    left: float
    room: float
    most: int
    kinds: int

    def width(self, count: int) -> float:
        """Of one part."""
        return LEAST + count / self.most * (self.room - LEAST * self.kinds) if count else 0.0


@dataclass(frozen=True, slots=True)
class _Slim:
    """One bar of a group."""

    name: str
    count: int
    series: int


def _stacked(asked: StackedBars) -> Chart:
    table = _table(asked.what, asked.total, asked.parts, asked.bars)
    most = max((sum(bar.counts) for bar in asked.bars), default=0)
    if not most:
        return nothing(asked.caption, table)
    legend = keys(asked.caption.ident, asked.parts, y=0, width=WIDTH)
    scale = _scale([bar.name for bar in asked.bars], most, asked.caption, kinds=len(asked.parts))
    top = legend.height + TOP_GAP
    rows = [part for row, bar in enumerate(asked.bars) for part in _bar(asked.caption, scale, bar, y=top + row * ROW)]
    return chart(asked.caption, (*legend.parts, *rows), table, height=top + ROW * len(asked.bars))


def _scale(names: Sequence[str], most: int, caption: Caption, *, kinds: int) -> _Scale:
    left = column_for(names, most=MOST_LABEL) + 12
    return _Scale(left, WIDTH - left - width_of(caption.numbers.whole(most), NUMBER) - 12, most, kinds)


def _bar(caption: Caption, scale: _Scale, bar: Bar, *, y: float) -> Iterator[str]:
    yield label(bar.name, x=0, y=y + 17, room=scale.left - 12)
    x = scale.left
    for series, count in enumerate(bar.counts):
        block = Block(x, y, scale.width(count), THICK)
        if count:
            yield filled(caption.ident, series, block)
            yield plate(caption.numbers.whole(count), block)
        x += block.width
    yield text(caption.numbers.whole(sum(bar.counts)), class_="chart__number chart__number--total", x=x + 6, y=y + 17)


def _slim(caption: Caption, scale: _Scale, bar: _Slim, y: float) -> Iterator[str]:
    wide = scale.width(bar.count)
    yield label(bar.name, x=0, y=y + 13, room=scale.left - 12)
    if bar.count:
        yield filled(caption.ident, bar.series, Block(scale.left, y, wide, SLIM))
    yield text(caption.numbers.whole(bar.count), class_="chart__number", x=scale.left + wide + 6, y=y + 13)


def _table(what: str, total: str, parts: tuple[str, ...], bars: tuple[Bar, ...]) -> Table:
    columns = [sum(column) for column in zip(*(bar.counts for bar in bars), strict=True)] or [0] * len(parts)
    rows: tuple[tuple[Cell, ...], ...] = tuple((bar.name, *bar.counts, sum(bar.counts)) for bar in bars)
    return Table((what, *parts, total), rows, (total, *columns, sum(columns)))
