"""How long handling took: every case as a dot, with the time that half and that nine of ten did not exceed; no averages.

An average hides the few that waited for weeks; they are the ones that a team lead looks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, log10

from bisdesk.describe.chart_parts import (
    LABEL,
    LINE,
    NUMBER,
    WIDTH,
    Caption,
    Chart,
    Table,
    chart,
    column_for,
    label,
    nothing,
)
from bisdesk.describe.drawing import cut, plain, tag, text, width_of

ROW, MOST_DOTS, MOST_LABEL, TICKS = 58, 200, 180, 5
HALF, MOST = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Spread:
    """One row: a name, and the working days that each case took."""

    name: str
    values: tuple[float, ...]

    def quantile(self, share: float) -> float | None:
        """What this share of the cases did not exceed, itself the value of a case; None without any."""
        ordered = sorted(self.values)
        return ordered[max(ceil(share * len(ordered)) - 1, 0)] if ordered else None

    def within(self, target: float) -> int:
        """How many cases did not exceed the target."""
        return sum(value <= target for value in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaSpread:
    """Rows such as months or states, with the target and the words of the chart."""

    caption: Caption
    what: str  # heads the column of names
    cases: str  # heads how many there were
    in_time: str  # heads how many did not exceed the target
    half: str  # such as: half of them took at most
    most: str  # such as: nine of ten took at most
    longest: str
    target_name: str  # such as: 5 working days
    target: float
    rows: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where days stand."""

    left: float
    room: float
    longest: float

    def x(self, days: float) -> float:
        """The place of a number of days."""
        return self.left + days / self.longest * self.room


def sla_spread(asked: SlaSpread) -> Chart:
    """The spread of every row beside the target."""
    table = _table(asked)
    longest = max((value for row in asked.rows for value in row.values), default=None)
    if longest is None:
        return nothing(asked.caption, table)
    left = column_for([row.name for row in asked.rows], most=MOST_LABEL) + 16
    shares = [_share(asked, row) for row in asked.rows]
    head = cut(plain(asked.in_time), LABEL, MOST_LABEL)
    right = max(width_of(head, LABEL), *(width_of(share, NUMBER) for share in shares)) + 18
    axis = _Axis(left, WIDTH - left - right, max(longest, asked.target, 1.0))
    parts, top = _keys(asked)
    foot = top + LINE + ROW * len(asked.rows)
    parts += _target(asked, axis, top=top, foot=foot)
    full = plain(asked.in_time)
    parts.append(text(head, class_="chart__label", x=WIDTH, y=top + 17, text_anchor="end", full=full))
    for number, row in enumerate(asked.rows):
        y = top + LINE + ROW * number + ROW / 2
        parts.append(label(row.name, x=0, y=y + 5, room=left - 16))
        parts += _row(asked.caption, row, axis, y)
        parts.append(text(shares[number], class_="chart__number", x=WIDTH, y=y + 5, text_anchor="end"))
    parts += _ticks(asked.caption, axis, foot)
    return chart(asked.caption, parts, table, height=foot + LINE)


def _share(asked: SlaSpread, row: Spread) -> str:
    whole = asked.caption.numbers.whole
    return f"{whole(row.within(asked.target))} / {whole(len(row.values))}"


def _row(caption: Caption, row: Spread, axis: _Axis, y: float) -> Iterator[str]:
    half, most = row.quantile(HALF), row.quantile(MOST)
    if half is None or most is None:
        yield text("—", class_="chart__label", x=axis.left, y=y + 5)
        return
    yield tag("path", class_="chart__reach", d=f"M{axis.x(min(row.values)):g} {y:g} H{axis.x(max(row.values)):g}")
    for value in _dots(row.values):
        yield tag("circle", class_="chart__dot", cx=axis.x(value), cy=y, r=3.5)
    yield tag("circle", class_="chart__half", cx=axis.x(half), cy=y, r=7)
    yield _diamond(axis.x(most), y)
    yield _beside(caption, axis, half, y - 12)
    yield _beside(caption, axis, most, y + 22)


def _dots(values: tuple[float, ...]) -> list[float]:
    """Every case while they are few; of many an even choice with the first and the last: as dense where they are dense."""
    ordered = sorted(values)
    if len(ordered) <= MOST_DOTS:
        return ordered
    return [ordered[place * (len(ordered) - 1) // (MOST_DOTS - 1)] for place in range(MOST_DOTS)]


def _diamond(x: float, y: float) -> str:
    return tag("path", class_="chart__most", d=f"M{x - 8:g} {y:g} L{x:g} {y - 8:g} L{x + 8:g} {y:g} L{x:g} {y + 8:g} Z")


def _beside(caption: Caption, axis: _Axis, days: float, y: float) -> str:
    """The number of a mark, never over an edge of the drawing."""
    said = caption.numbers.decimal(days)
    half = width_of(said, NUMBER) / 2
    x = min(max(axis.x(days), axis.left + half), axis.left + axis.room + 12 - half)
    return text(said, class_="chart__number chart__number--mark", x=x, y=y, text_anchor="middle")


def _target(asked: SlaSpread, axis: _Axis, *, top: float, foot: float) -> Iterator[str]:
    x, said = axis.x(asked.target), plain(asked.target_name)
    shown = cut(said, LABEL, axis.left + axis.room)
    half = width_of(shown, LABEL) / 2
    middle = min(max(x, half), axis.left + axis.room - half)
    yield tag("path", class_="chart__target", d=f"M{x:g} {top + LINE:g} V{foot:g}")
    yield text(shown, class_="chart__label", x=middle, y=top + 17, text_anchor="middle", full=said)


def _keys(asked: SlaSpread) -> tuple[list[str], float]:
    marks = ((tag("circle", class_="chart__half", cx=9, cy=12, r=7), asked.half), (_diamond(9, 12 + LINE), asked.most))
    parts = []
    for row, (mark, words) in enumerate(marks):
        parts += [mark, label(words, x=26, y=17 + LINE * row, room=WIDTH - 26)]
    return parts, LINE * 2 + 6.0


def _ticks(caption: Caption, axis: _Axis, foot: float) -> Iterator[str]:
    """Round numbers of days under the rows, as many as have room."""
    step = _round_step(axis.longest / TICKS)
    yield tag("path", class_="chart__axis", d=f"M{axis.left:g} {foot:g} H{axis.left + axis.room:g}")
    for number in range(floor(axis.longest / step) + 1):
        said = caption.numbers.whole(round(number * step))
        yield text(said, class_="chart__number", x=axis.x(number * step), y=foot + 17, text_anchor="middle")


def _round_step(least: float) -> float:
    """The next of 1, 2, 5, 10, 20 and so on."""
    unit = 10.0 ** max(floor(log10(least)), 0) if least > 1 else 1.0
    return next((unit * factor for factor in (1, 2, 5) if unit * factor >= least), unit * 10)


def _table(asked: SlaSpread) -> Table:
    head = (asked.what, asked.cases, asked.in_time, asked.half, asked.most, asked.longest)
    return Table(head, tuple(_told(asked, row) for row in asked.rows))


def _told(asked: SlaSpread, row: Spread) -> tuple[str | int | float, ...]:
    half, most = row.quantile(HALF), row.quantile(MOST)
    marks = ("—", "—", "—") if half is None or most is None else (half, most, max(row.values))
    return (row.name, len(row.values), row.within(asked.target), *marks)
