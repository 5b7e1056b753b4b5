"""The way of one case as a list of steps in words: all that its picture shows, for whoever reads instead of looking."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bisdesk.describe.case_path import CasePath, Next, Visit
from bisdesk.describe.case_words import Speech


class StepKind(StrEnum):
    """Whether a step is behind, here or ahead."""

    VISITED = "visited"
    CURRENT = "current"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the list, names and days already in the language of the reader."""

    kind: StepKind
    state: str
    name: str
    number: int | None = None  # of the visit
    trigger: str | None = None
    how: str = ""  # the trigger in words; empty for a move that is true and not yet written down
    at: datetime | None = None  # when it was entered, or when a timer acts
    day: str = ""
    by_itself: bool = False  # a timer: nobody has to act
    stays: bool = False  # it leads to no other state
    repeated: tuple[tuple[str, int], ...] = ()  # what happened there without leaving, in words, each with how often


def steps(path: CasePath, speech: Speech) -> tuple[Step, ...]:
    """Every visit in order, the present one last; then what a person can do, then the timers, soonest first."""
    timed = sorted((move for move in path.possible if move.due_at is not None), key=lambda move: str(move.due_at))
    ahead = (*(move for move in path.possible if move.due_at is None), *timed)
    behind = [_behind(path, visit, speech) for visit in path.visits]
    return (*behind, *(_ahead(path, move, speech) for move in ahead))


def described(path: CasePath, speech: Speech) -> str:
    """The same in a few sentences: the description of the picture."""
    name = speech.state(path.lifecycle, path.state)
    visited = ", ".join(speech.state(path.lifecycle, visit.state) for visit in path.visits)
    moves = "; ".join(said(path, move, speech) for move in path.possible)
    ahead = speech.sentence("possible", moves=moves) if moves else speech.sentence("nothing")
    return " ".join((speech.sentence("now_is", state=name), speech.sentence("visited", states=visited), ahead))


def said(path: CasePath, move: Next, speech: Speech) -> str:
    """One possible move in words, with its day where it has one, and where it leads."""
    how = speech.trigger(path.lifecycle, move.trigger)
    if move.due_at is not None:
        how = speech.sentence("by_itself", trigger=how, day=speech.day(move.due_at))
    return speech.sentence("stay" if move.stays else "move", trigger=how, state=speech.state(path.lifecycle, move.to))


def _behind(path: CasePath, visit: Visit, speech: Speech) -> Step:
    again = Counter(speech.trigger(path.lifecycle, trigger) for trigger in visit.stayed)
    return Step(
        kind=StepKind.CURRENT if visit is path.visits[-1] else StepKind.VISITED,
        state=visit.state,
        name=speech.state(path.lifecycle, visit.state),
        number=visit.number,
        trigger=visit.trigger,
        how=speech.trigger(path.lifecycle, visit.trigger) if visit.trigger else "",
        at=visit.at,
        day=speech.day(visit.at) if visit.at else "",
        repeated=tuple(again.items()),
    )


def _ahead(path: CasePath, move: Next, speech: Speech) -> Step:
    return Step(
        kind=StepKind.POSSIBLE,
        state=move.to,
        name=speech.state(path.lifecycle, move.to),
        trigger=move.trigger,
        how=speech.trigger(path.lifecycle, move.trigger),
        at=move.due_at,
        day=speech.day(move.due_at) if move.due_at else "",
        by_itself=move.due_at is not None,
        stays=move.stays,
    )
