"""Structural checks of a lifecycle table: what must hold before a single case runs on it (design 5).

It walks every state together with every set of timers that can be armed there; it knows no store and no clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from workflow.effects import (
    At,
    CancelTimer,
    Days,
    Deadline,
    Months,
    Notify,
    Seconds,
    StartTimer,
    TellCase,
    WorkingDays,
)  # fmt: skip
from workflow.machine import MACHINES, Lifecycle, Row
from workflow.model import NEW, Role
from workflow.outbox import Channel
from workflow.policy import DEFAULT, Policy

F = TypeVar("F")
Place = tuple[str, frozenset[str]]  # a state, and the timers armed in it
# The longest that a deadline worked out by a command can lie ahead, in days: one more than the calendar days it counts.
LONGEST = {
    "link_expires_at": 15, "blocks_at": 31, "stuck_at": 1, "key_reminder_at": 3654, "keys_expire_at": 3654,
    "reminder_1_at": 15, "reminder_2_at": 15, "limit_reminder_at": 31,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a table, in a sentence."""

    lifecycle: str
    sentence: str


def check(lifecycle: Lifecycle[F], *, policy: Policy = DEFAULT) -> tuple[Finding, ...]:
    """Everything that is wrong with a table; nothing when it is sound."""
    sentences = [
        *_about_states(lifecycle),
        *_about_rows(lifecycle),
        *_about_waiting(lifecycle),
        *_about_timers(lifecycle),
        *_about_endings(lifecycle, policy),
    ]
    return tuple(Finding(lifecycle.name, sentence) for sentence in dict.fromkeys(sentences))


def timers_of(lifecycle: Lifecycle[F]) -> frozenset[str]:
    """The triggers that some row arms as a timer."""
    return frozenset(str(e.trigger) for row in lifecycle.rows for e in row.then if isinstance(e, StartTimer))


def places(lifecycle: Lifecycle[F]) -> frozenset[Place]:
    """Every state that can be reached, with every set of timers that can be armed in it."""
    timers = timers_of(lifecycle)
    start: Place = (NEW, frozenset())
    seen, open_places = {start}, [start]
    while open_places:
        state, armed = open_places.pop()
        for row in _rows_at(lifecycle, state, armed, timers):
            place = (row.target(state), _armed_after(row, armed))
            if place not in seen:
                seen.add(place)
                open_places.append(place)
    return frozenset(seen)


def ends_within(lifecycle: Lifecycle[F], *, policy: Policy = DEFAULT) -> int:
    """Days after which a case has ended or stands in a state that may wait when no person acts, at the most.

    Raises: ValueError when timers can feed each other for ever.
    """
    longest = {timer: _longest_delay(lifecycle, timer, policy) for timer in timers_of(lifecycle)}
    return max(
        _last_day(lifecycle, state, {timer: longest[timer] for timer in armed}, longest, ())
        for state, armed in places(lifecycle)
    )


def _about_states(lifecycle: Lifecycle[F]) -> Iterator[str]:
    reached = {state for state, _ in places(lifecycle)}
    for state in map(str, lifecycle.states):
        leads = {row.target(state) for row in lifecycle.rows if state in row.sources} - {state}
        if state not in reached:
            yield f"The state {state} cannot be reached."
        if state in lifecycle.final and leads:
            yield f"The final state {state} has a way out to {', '.join(sorted(leads))}."
        if state not in lifecycle.final and not leads:
            yield f"The state {state} has no way out and is not final."


def _about_rows(lifecycle: Lifecycle[F]) -> Iterator[str]:
    for place, row in enumerate(lifecycle.rows):
        if not row.by:
            yield f"The row {_name(row)} names no role."
        if not row.fact:
            yield f"The row {_name(row)} names no row of the handbook."
        for earlier in lifecycle.rows[:place]:
            hidden = _hidden_from(earlier, row)
            if hidden and hidden == set(row.by):
                yield f"The row {_name(row)} can never apply: {_name(earlier)} stands above it and asks for no more."
            elif hidden:
                roles = ", ".join(sorted(hidden))
                yield f"The row {_name(row)} can never apply for {roles}: {_name(earlier)} asks them for no more."
    for trigger in {str(row.on) for row in lifecycle.rows} - {str(name) for name in lifecycle.events}:
        yield f"The trigger {trigger} has no event for the history."


def _about_waiting(lifecycle: Lifecycle[F]) -> Iterator[str]:
    for state, armed in places(lifecycle):
        closed = state in lifecycle.final or state == NEW
        if not closed and not armed and state not in lifecycle.may_wait and _waits_for_a_person(lifecycle, state):
            yield f"In the state {state} a person can be waited for without any deadline."
    for state in lifecycle.may_wait:
        if not any(_alerts(row) for row in lifecycle.rows if state in row.sources or row.to == state):
            yield f"The state {state} may wait, but nothing ever raises an alert there."
    yield from _about_arriving(lifecycle)


def _about_arriving(lifecycle: Lifecycle[F]) -> Iterator[str]:
    """Where a timer raises the alert of a state that may wait, whoever arrives there has it armed."""
    timers = timers_of(lifecycle)
    for state in lifecycle.may_wait:
        alerts = {str(row.on) for row in lifecycle.rows if state in row.sources and _alerts(row)} & timers
        for row in lifecycle.rows:
            arrives = row.to == state and set(row.sources) != {state}
            if alerts and arrives and alerts.isdisjoint(_armed_after(row, frozenset())):
                yield f"The state {state} may wait, but {_name(row)} leads there without {', '.join(sorted(alerts))}."


def _about_timers(lifecycle: Lifecycle[F]) -> Iterator[str]:
    for state, armed in places(lifecycle):
        for timer in sorted(armed - set(lifecycle.triggers(state))):
            yield f"The timer {timer} can be armed in the state {state}, which has no such row."


def _about_endings(lifecycle: Lifecycle[F], policy: Policy) -> Iterator[str]:
    try:
        days = ends_within(lifecycle, policy=policy)
    except ValueError as endless:
        yield str(endless)
        return
    if days > lifecycle.waits_days:
        yield f"A case can stay open for {days} days when nobody acts; the table promises {lifecycle.waits_days}."


def _last_day(
    lifecycle: Lifecycle[F], state: str, dues: dict[str, int], longest: dict[str, int], path: tuple[Place, ...], day: int = 0
) -> int:  # fmt: skip
    """The latest day on which a case can come to rest by timers alone; `dues` are the latest days of those armed."""
    here = (state, frozenset(dues))
    if here in path:
        raise ValueError(f"Timers of the state {state} can feed each other for ever.")
    rows = [row for row in lifecycle.rows if state in row.sources and Role.SYSTEM in row.by and row.on in dues]
    if state in lifecycle.final or not rows:
        return day
    ends = []
    for row in rows:
        then = max(day, dues[str(row.on)])
        left = {timer: dues.get(timer, then) for timer in _armed_after(row, frozenset(dues))}
        left |= {str(e.trigger): then + longest[str(e.trigger)] for e in row.then if isinstance(e, StartTimer)}
        ends.append(_last_day(lifecycle, row.target(state), left, longest, (*path, here), then))
    return max(ends)


def _longest_delay(lifecycle: Lifecycle[F], timer: str, policy: Policy) -> int:
    starts = [e for row in lifecycle.rows for e in row.then if isinstance(e, StartTimer) and e.trigger == timer]
    return max(_days(start.due, policy) for start in starts)


def _days(due: Deadline, policy: Policy) -> int:
    match due:
        case Days(count):
            return _count(count, policy) + 1
        case WorkingDays(count):
            return 2 * _count(count, policy) + 7  # weekends and the longest row of holidays
        case Months(count):
            return 31 * count + 1
        case Seconds(_):
            return 1
        case At(name):
            return LONGEST[name]


def _count(count: int | str, policy: Policy) -> int:
    return count if isinstance(count, int) else policy.number(count)


def _rows_at(lifecycle: Lifecycle[F], state: str, armed: frozenset[str], timers: frozenset[str]) -> Iterator[Row[F]]:
    """Rows that can apply: a timer's row only while the timer is armed."""
    for row in _rows_from(lifecycle, state):
        if row.on not in timers or row.on in armed:
            yield row


@lru_cache(maxsize=256)
def _rows_from(lifecycle: Lifecycle[F], state: str) -> tuple[Row[F], ...]:
    return tuple(row for row in lifecycle.rows if state in row.sources)


def _armed_after(row: Row[F], armed: frozenset[str]) -> frozenset[str]:
    """The timers armed once the row has been taken: what fired is gone, cancelling comes before starting."""
    left = armed - {str(row.on)}
    for effect in row.then:
        if isinstance(effect, CancelTimer):
            left = left - set(effect.triggers) if effect.triggers else frozenset()
    return left | {str(effect.trigger) for effect in row.then if isinstance(effect, StartTimer)}


def _waits_for_a_person(lifecycle: Lifecycle[F], state: str) -> bool:
    return any(
        row.target(state) != state and not MACHINES.issuperset(row.by) for row in lifecycle.rows if state in row.sources
    )


def _alerts(row: Row[F]) -> bool:
    return any(
        isinstance(effect, TellCase) or (isinstance(effect, Notify) and effect.by is Channel.TASK)
        for effect in row.then
    )


def _hidden_from(earlier: Row[F], later: Row[F]) -> set[Role]:
    """The roles for which the earlier row always applies where the later one would."""
    same_place = earlier.on == later.on and not set(earlier.sources).isdisjoint(later.sources)
    asks_no_more = set(map(repr, earlier.when)) <= set(map(repr, later.when))
    return set(earlier.by) & set(later.by) if same_place and asks_no_more else set()


def _name(row: Row[F]) -> str:
    return f"{row.fact or '?'} ({row.on} from {', '.join(map(str, row.sources))})"
