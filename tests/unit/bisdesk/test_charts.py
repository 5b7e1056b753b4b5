"""Charts of the desk: nothing leaves its view, sums are right, words are harmless, nought says so, a table tells the same."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bisdesk.describe.charts import (
    Bar,
    Caption,
    Chart,
    GroupedBars,
    HeatMap,
    Numbers,
    SlaSpread,
    Spread,
    StackedBars,
    Week,
    WeeklyFlow,
    ageing,
    failure_causes,
    heat_map,
    load,
    sla_spread,
    weekly_flow,
)
from bisdesk.describe.drawing import cut, grouped, width_of, wrapped
from tests.support.drawn import ASSETS, Drawn, colours, contrast

HOSTILE = '<script>alert("1")</script> & <b>'
EMPTY = "There is no open work."
CAPTION = Caption(ident="c1", title="Nine of ten took at most 4 days.", desc="By month.", empty=EMPTY)
HOURS, DAYS = tuple(map(str, range(24))), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PLAIN = {"chart__number--0", "chart__number--1", "chart__number--2", "chart__number--3"}

names = st.one_of(st.sampled_from(("An", "W46", HOSTILE, "Zusätzliche Angaben beim Antragsteller angefordert")), st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=("C",)), max_size=60
))  # fmt: skip
counts = st.one_of(st.integers(0, 30), st.integers(0, 2_000_000_000))
durations = st.one_of(st.floats(0, 15, allow_nan=False), st.floats(0, 4000, allow_nan=False))


def rows_of(width: int) -> st.SearchStrategy[tuple[int, ...]]:
    """One row of counts."""
    return st.tuples(*[counts] * width)


@st.composite
def bars(draw: st.DrawFn) -> StackedBars:
    """Any stacked bars."""
    parts = tuple(draw(st.lists(names, min_size=1, max_size=9)))
    drawn = draw(st.lists(st.builds(Bar, names, rows_of(len(parts))), max_size=8))
    return StackedBars(caption=CAPTION, what="State", total="Total", parts=parts, bars=tuple(drawn))


@st.composite
def groups(draw: st.DrawFn) -> GroupedBars:
    """Any grouped bars."""
    asked = draw(bars())
    return GroupedBars(caption=CAPTION, what="Language", total="Total", parts=asked.parts, groups=asked.bars)


@st.composite
def flows(draw: st.DrawFn) -> WeeklyFlow:
    """Any weeks."""
    came, went = (tuple(draw(st.lists(names, min_size=1, max_size=5))) for _ in range(2))
    weeks = draw(st.lists(st.builds(Week, names, rows_of(len(came)), rows_of(len(went))), max_size=14))
    return WeeklyFlow(
        caption=CAPTION, what="Week", came="In", went="Out", came_kinds=came, went_kinds=went, weeks=tuple(weeks)
    )


@st.composite
def spreads(draw: st.DrawFn) -> SlaSpread:
    """Any durations."""
    values = st.lists(durations, max_size=30).map(tuple)
    return SlaSpread(
        caption=CAPTION, what="Month", cases="Cases", in_time=draw(names), half=draw(names), most=draw(names),
        longest="Longest", target_name=draw(names), target=draw(st.floats(0.5, 60)),
        rows=tuple(draw(st.lists(st.builds(Spread, names, values), max_size=8))),
    )  # fmt: skip


@st.composite
def heats(draw: st.DrawFn) -> HeatMap:
    """Any week."""
    row = st.lists(counts, min_size=24, max_size=24).map(tuple)
    return HeatMap(
        caption=CAPTION, what="Day", total="Total", hours=HOURS, days=DAYS,
        counts=tuple(draw(st.lists(row, min_size=7, max_size=7))),
    )  # fmt: skip


every_chart: list[tuple[str, st.SearchStrategy[Chart]]] = [
    ("flow", flows().map(weekly_flow)),
    ("ageing", bars().map(ageing)),
    ("load", bars().map(load)),
    ("spread", spreads().map(sla_spread)),
    ("heat", heats().map(heat_map)),
    ("causes", groups().map(failure_causes)),
]
each = pytest.mark.parametrize("charts", [one for _, one in every_chart], ids=[name for name, _ in every_chart])


@each
@given(data=st.data())
def test_nothing_leaves_its_view_and_nothing_needs_a_style_of_its_own(
    charts: st.SearchStrategy[Chart], data: st.DataObject
) -> None:
    chart = data.draw(charts)

    drawn = Drawn.of(chart.svg)

    assert drawn.outside == []
    assert drawn.refused == []
    assert drawn.dangling == set()
    assert drawn.unstyled <= PLAIN
    assert "<script" not in chart.svg
    assert not re.search(r'(?i)\b(x|y|d|width|height|points|transform|viewBox)="[^"]*nan', chart.svg)


@each
@given(data=st.data())
def test_a_chart_is_named_by_a_sentence_and_described(charts: st.SearchStrategy[Chart], data: st.DataObject) -> None:
    chart = data.draw(charts)

    root = Drawn.of(chart.svg).root

    assert (root.get("role"), root.get("aria-labelledby"), root.get("aria-describedby")) == (
        "img",
        "c1-title",
        "c1-desc",
    )
    assert (root[0].text, root[1].text) == (chart.title, chart.desc) == (CAPTION.title, CAPTION.desc)
    assert chart.svg.startswith('<div class="chart" tabindex="0"')


@each
@given(data=st.data())
def test_a_table_tells_the_same_in_rows_as_wide_as_its_head(
    charts: st.SearchStrategy[Chart], data: st.DataObject
) -> None:
    table = data.draw(charts).table

    assert {len(row) for row in table.rows} <= {len(table.head)}
    assert len(table.foot) in (0, len(table.head))


@given(bars())
def test_bars_and_their_table_sum_up_rightly(asked: StackedBars) -> None:
    chart = ageing(asked)

    assert [row[-1] for row in chart.table.rows] == [sum(bar.counts) for bar in asked.bars]
    assert chart.table.foot[1:] == (
        *(sum(bar.counts[part] for bar in asked.bars) for part in range(len(asked.parts))),
        sum(sum(bar.counts) for bar in asked.bars),
    )
    if any(sum(bar.counts) for bar in asked.bars):
        totals = [one.text for one in Drawn.of(chart.svg).marked("chart__number--total")]
        assert totals == [grouped(sum(bar.counts)) for bar in asked.bars]


@given(flows())
def test_the_flow_tells_the_sum_of_every_week_in_and_out(asked: WeeklyFlow) -> None:
    chart = weekly_flow(asked)

    sums = [(sum(week.came), sum(week.went)) for week in asked.weeks]
    came, went = 1 + len(asked.came_kinds), 2 + len(asked.came_kinds) + len(asked.went_kinds)
    assert [(row[came], row[went]) for row in chart.table.rows] == sums
    if any(map(any, sums)):
        totals = [one.text for one in Drawn.of(chart.svg).marked("chart__number--total")]
        assert totals == [grouped(side) for pair in sums for side in pair]


@given(heats())
def test_the_heat_map_tells_every_number_that_is_not_nought(asked: HeatMap) -> None:
    chart = heat_map(asked)

    assert chart.table.foot[-1] == sum(map(sum, asked.counts))
    if chart.table.foot[-1]:
        said = [one.text for one in Drawn.of(chart.svg).marked("chart__number")][24:]
        assert said == [grouped(count) for row in asked.counts for count in row if count]


def test_the_busiest_hour_has_the_darkest_cell_and_nought_has_none() -> None:
    week = tuple(tuple(100 if (day, hour) == (0, 9) else int(day == 1) for hour in range(24)) for day in range(7))

    drawn = Drawn.of(_heat(week).svg)

    assert len(drawn.marked("chart__cell--5")) == 1
    assert len(drawn.marked("chart__cell--1")) == 24
    assert len(drawn.marked("chart__cell--0")) == 7 * 24 - 25


@pytest.mark.parametrize(
    ("values", "half", "most"),
    [
        ((1.0,), 1.0, 1.0),
        ((1.0, 9.0), 1.0, 9.0),
        (tuple(float(n) for n in range(1, 11)), 5.0, 9.0),
        (tuple(float(n) for n in range(100, 0, -1)), 50.0, 90.0),
        ((0.5, 0.5, 0.5, 40.0), 0.5, 40.0),
    ],
)
def test_the_marks_are_times_of_real_cases_and_no_averages(values: tuple[float, ...], half: float, most: float) -> None:
    row = Spread("November", values)

    assert (row.quantile(0.5), row.quantile(0.9)) == (half, most)
    assert sum(value <= half for value in values) * 2 >= len(values)
    assert _spread(values).table.rows == (("November", len(values), row.within(5), half, most, max(values)),)


def test_a_case_at_the_target_is_in_time() -> None:
    drawn = Drawn.of(_spread((4.9, 5.0, 5.1)).svg)

    assert "2 / 3" in drawn.words
    assert len(drawn.marked("chart__dot")) == 3


def test_of_very_many_cases_an_even_choice_is_drawn_with_the_first_and_the_last() -> None:
    drawn = Drawn.of(_spread(tuple(n / 100 for n in range(1000))).svg)

    places = [float(dot.get("cx", 0)) for dot in drawn.marked("chart__dot")]
    assert len(places) == 200
    assert places == sorted(places)
    assert "1\u202f000" in " ".join(drawn.words)


def test_a_row_without_cases_says_so_beside_rows_that_have_some() -> None:
    chart = sla_spread(_asked((Spread("October", (2.0,)), Spread("November", ()))))

    assert "—" in Drawn.of(chart.svg).words
    assert chart.table.rows[1] == ("November", 0, 0, "—", "—", "—")


@pytest.mark.parametrize(
    "drawn_of_nothing",
    [
        lambda: ageing(_bars(())),
        lambda: load(_bars((Bar("An", (0, 0)), Bar("Bo", (0, 0))))),
        lambda: failure_causes(
            GroupedBars(caption=CAPTION, what="L", total="T", parts=("a", "b"), groups=(Bar("nl", (0, 0)),))
        ),
        lambda: weekly_flow(
            WeeklyFlow(
                caption=CAPTION, what="Week", came="In", went="Out", came_kinds=("a",), went_kinds=("b",),
                weeks=(Week("W1", (0,), (0,)),),
            )
        ),
        lambda: sla_spread(_asked((Spread("November", ()),))),
        lambda: heat_map(
            HeatMap(caption=CAPTION, what="Day", total="T", hours=HOURS, days=DAYS, counts=((0,) * 24,) * 7)
        ),
    ],
    ids=["no bars", "bars of nought", "no causes", "no flow", "no cases", "a quiet week"],
)  # fmt: skip
def test_nothing_to_draw_is_said_in_a_sentence(drawn_of_nothing: Callable[[], Chart]) -> None:
    drawn = Drawn.of(drawn_of_nothing().svg)

    assert drawn.words == [EMPTY]
    assert drawn.outside == []


def test_a_long_name_is_cut_and_its_title_is_the_whole_of_it() -> None:
    long = "Sofie Van Den Broeck-Vandenbussche-De Smedt van Antwerpen"

    drawn = Drawn.of(load(_bars((Bar(long, (2, 1)),))).svg)

    assert any(words.startswith("Sofie Van Den") and words.endswith("…") for words in drawn.words)
    assert long in [title.text for title in drawn.all("title")]


def test_words_of_people_stay_words() -> None:
    chart = load(_bars((Bar(HOSTILE, (2, 1)),)))

    assert "<script" not in chart.svg
    assert any(HOSTILE[:8] in words for words in Drawn.of(chart.svg).words)


def test_big_numbers_are_parted_and_small_parts_stay_visible() -> None:
    drawn = Drawn.of(load(_bars((Bar("An", (1_234_567, 1)),))).svg)

    assert "1\u202f234\u202f567" in drawn.words
    assert "1\u202f234\u202f568" in drawn.words
    fills = [fill for fill in drawn.marked("chart__fill") if float(fill.get("y", 0)) > 24]
    assert [float(fill.get("width", 0)) >= 3 for fill in fills] == [True, True]


def test_figures_are_written_as_the_language_writes_them() -> None:
    dutch = Caption(
        ident="c2", title="T.", desc="D.", empty=EMPTY,
        numbers=Numbers(lambda number: f"{number}", lambda number: f"{number:.1f}".replace(".", ",")),
    )  # fmt: skip

    drawn = Drawn.of(sla_spread(_asked((Spread("November", (2.5,)),), caption=dutch)).svg)

    assert "2,5" in drawn.words


def test_longer_bars_stand_for_more() -> None:
    drawn = Drawn.of(load(_bars(tuple(Bar(f"p{n}", (n, 0)) for n in range(1, 9)))).svg)

    widths = [float(fill.get("width", 0)) for fill in drawn.marked("chart__fill") if float(fill.get("height", 0)) == 24]
    assert widths == sorted(widths)
    assert len(set(widths)) == 8


def test_series_differ_by_more_than_their_colour() -> None:
    drawn = Drawn.of(ageing(_bars((Bar("a", (5,) * 8),), parts=tuple("abcdefgh"))).svg)

    hatched = {rect.get("fill") for rect in drawn.all("rect") if (rect.get("fill") or "").startswith("url(#")}
    assert len(hatched) == 7  # and one without


def test_counts_that_do_not_match_their_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        failure_causes(GroupedBars(caption=CAPTION, what="L", total="T", parts=("a",), groups=(Bar("nl", (1, 2)),)))


def test_fills_lines_and_letters_stand_out_against_what_is_behind_them() -> None:
    named = {name.removeprefix("chart-"): colour for name, colour in colours("_charts.scss").items()}
    sheet = (ASSETS / "_charts.scss").read_text().split("@media (forced-colors")[0]
    cells = re.findall(r"chart__cell--([1-5]) \{\s+fill: (#\w+)", sheet)

    fills = {name: contrast(colour, named["paper"]) for name, colour in named.items() if name not in ("paper", "ink")}
    letters = [contrast("#ffffff" if level in "45" else named["ink"], fill) for level, fill in cells]

    assert {name: round(found, 1) for name, found in fills.items() if found < 3} == {}
    assert len(letters) == 5
    assert min(*letters, contrast(named["ink"], named["paper"])) >= 4.5


@given(names, st.floats(20, 400))
def test_what_is_cut_fits_and_lines_keep_every_letter(words: str, room: float) -> None:
    assert width_of(cut(words, 14, room), 14) <= room or cut(words, 14, room) == "…"
    assert "".join(wrapped(words, 14, room)).replace(" ", "") == words.replace(" ", "")


def _bars(given_bars: tuple[Bar, ...], *, parts: tuple[str, ...] = ("In time", "Late")) -> StackedBars:
    return StackedBars(caption=CAPTION, what="Person", total="Total", parts=parts, bars=given_bars)


def _asked(rows: tuple[Spread, ...], *, caption: Caption = CAPTION) -> SlaSpread:
    return SlaSpread(
        caption=caption, what="Month", cases="Cases", in_time="In time", half="half", most="most", longest="Longest",
        target_name="5 working days", target=5, rows=rows,
    )  # fmt: skip


def _spread(values: tuple[float, ...]) -> Chart:
    return sla_spread(_asked((Spread("November", values),)))


def _heat(week: tuple[tuple[int, ...], ...]) -> Chart:
    return heat_map(HeatMap(caption=CAPTION, what="Day", total="Total", hours=HOURS, days=DAYS, counts=week))
