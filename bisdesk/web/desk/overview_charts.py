"""The pictures of the overview, each with its numbers as a table; their titles are sentences in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from bisdesk.describe.charts import (
    Bar,
    Caption,
    Chart,
    Numbers,
    SlaSpread,
    Spread,
    StackedBars,
    Week,
    WeeklyFlow,
    ageing,
    load,
    sla_spread,
    weekly_flow,
)
from bisdesk.web.desk.call import Call
from workflow.model import Language
from workflow.overview import AGES, OLD, SPREAD_DAYS, TARGET, Overview


def charts(call: Call, figures: Overview) -> tuple[Chart, ...]:
    """All of them, in the order of the page."""
    return (_load(call, figures), _ages(call, figures), _weeks(call, figures), _taken(call, figures))


def _load(call: Call, figures: Overview) -> Chart:
    late = sum(one.overdue for one in figures.people)
    bars = tuple(
        Bar(one.name or call.say("work.nobody"), (one.open - one.overdue, one.overdue)) for one in figures.people
    )
    title = _sentence(call, "load", figures.open, late=late)
    return load(
        StackedBars(
            caption=_caption(call, "load", title=title),
            what=call.say("work.owner"),
            total=call.say("overview.total"),
            parts=(call.say("overview.in_time"), call.say("filter.due.overdue")),
            bars=bars,
        )
    )


def _ages(call: Call, figures: Overview) -> Chart:
    parts = [call.say("overview.age.under", days=AGES[0])]
    parts += [call.say("overview.age.from", days=first, until=last) for first, last in pairwise(AGES)]
    parts += [call.say("overview.age.over", days=AGES[-1])]
    bars = tuple(Bar(_state(call, state), counts) for state, counts in figures.ages)
    title = _sentence(call, "ages", figures.open, old=figures.old, days=OLD)
    return ageing(
        StackedBars(
            caption=_caption(call, "ages", title=title),
            what=call.say("work.state"),
            total=call.say("overview.total"),
            parts=tuple(parts),
            bars=bars,
        )
    )


def _weeks(call: Call, figures: Overview) -> Chart:
    this = figures.weeks[-1]
    came, went = call.say("overview.came"), call.say("overview.went")
    weeks = tuple(Week(f"{one.monday.day}/{one.monday.month}", (one.came,), (one.went,)) for one in figures.weeks)
    quiet = not any(one.came or one.went for one in figures.weeks)
    return weekly_flow(
        WeeklyFlow(
            caption=_caption(call, "weeks", title=call.say("overview.weeks.title", came=this.came, went=this.went)),
            what=call.say("overview.week"),
            came=call.say("overview.came.sum"),
            went=call.say("overview.went.sum"),
            came_kinds=(came,),
            went_kinds=(went,),
            weeks=() if quiet else weeks,
        )
    )


def _taken(call: Call, figures: Overview) -> Chart:
    all_days: Sequence[float] = [days for _, values in figures.taken for days in values]
    rows = tuple(Spread(_state(call, state), values) for state, values in figures.taken)
    within = sum(row.within(TARGET) for row in rows)
    title = _sentence(call, "taken", len(all_days), within=within, days=TARGET)
    return sla_spread(
        SlaSpread(
            caption=_caption(call, "taken", title=title, desc=call.say("overview.taken.desc", days=SPREAD_DAYS)),
            what=call.say("overview.end"),
            cases=call.say("overview.cases"),
            in_time=call.say("overview.in_time"),
            half=call.say("overview.half"),
            most=call.say("overview.most"),
            longest=call.say("overview.longest"),
            target_name=call.say("overview.target", days=TARGET),
            target=TARGET,
            rows=rows,
        )
    )


def _sentence(call: Call, ident: str, of: int, **values: int) -> str:
    """What a picture tells in a sentence; of nothing, that there is nothing."""
    return call.say(f"overview.{ident}.title", all=of, **values) if of else call.say(f"overview.{ident}.empty")


def _state(call: Call, state: str) -> str:
    return call.say(f"state.registration.{state}")


def _caption(call: Call, ident: str, *, title: str, desc: str = "") -> Caption:
    empty = call.say(f"overview.{ident}.empty")
    return Caption(
        ident=f"chart-{ident}", title=title, desc=desc or call.say(f"overview.{ident}.desc"), empty=empty,
        numbers=Numbers(decimal=decimal_in(call.language)),
    )  # fmt: skip


def decimal_in(language: Language) -> Callable[[float], str]:
    """How a figure with one place is written."""

    def written(number: float) -> str:
        return f"{number:.1f}" if language is Language.EN else f"{number:.1f}".replace(".", ",")

    return written
