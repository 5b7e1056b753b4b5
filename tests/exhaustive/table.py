"""The vocabulary of an expected state table, and a second, much simpler engine that judges it.

It knows nothing of the rows of the product: what is expected stands beside it, written from the handbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from workflow import effects
from workflow.model import Role
from workflow.policy import DEFAULT

NOT_ALLOWED, NOT_PERMITTED = "the state has no such action", "not for this role"
ROLE_SETS = (frozenset[Role](), *(frozenset({role}) for role in Role), frozenset(Role))


@dataclass(frozen=True, slots=True)
class Question:
    """Something a row asks about a case: each answer with the plain facts that give it, the happy one first."""

    name: str
    answers: Mapping[str, Mapping[str, object]]

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True, slots=True)
class Need:
    """A condition of a row, under the name that a refusal gives it, and the answers with which it holds."""

    guard: str
    question: Question
    accepts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One row as the handbook has it; `to` None stays, `then` tells every consequence in words."""

    row: str
    on: str
    source: tuple[str, ...]
    to: str | None
    by: tuple[Role, ...]
    needs: tuple[Need, ...] = ()
    then: frozenset[str] = frozenset()
    where: Mapping[Question, str] = field(default_factory=dict)  # answers that keep the rows above from applying
    proves: tuple[str, ...] = ()  # facts besides the row itself
    why: str = ""  # for a row that the handbook has not: what it is good for

    @property
    def possible(self) -> bool:
        """Whether any answers let it through; row 26 of a request exists only to refuse."""
        return all(need.accepts for need in self.needs)

    def target(self, state: str) -> str:
        """Where it leads from this state."""
        return self.to or state


@dataclass(frozen=True, slots=True)
class Refused:
    """The conditions of the rows open to this role that do not hold; the engine names one of them."""

    guards: frozenset[str]


@dataclass(frozen=True, slots=True)
class Moved:
    """The row that applies, and its target."""

    row: str
    to: str


Outcome = str | Refused | Moved
PlainFacts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Cell:
    """One question to the engine, and what it must answer."""

    state: str
    trigger: str
    roles: frozenset[Role]
    facts: PlainFacts
    expected: Outcome


def yes_no(name: str, **fact: bool) -> Question:
    """A question about one plain fact, given with the value that is the happy one."""
    ((field, happy),) = fact.items()
    return Question(name, {"yes": {field: happy}, "no": {field: not happy}})


def need(guard: str, question: Question, *accepts: str) -> Need:
    """A condition; without answers the happy one is meant."""
    return Need(guard, question, accepts or (next(iter(question.answers)),))


def cells(rows: Sequence[Expected], *, states: Sequence[str], triggers: Sequence[str]) -> Iterator[Cell]:
    """Every state x trigger x role x combination of answers, on a background of happy and of unhappy other facts."""
    backgrounds = (_background(rows, first=True), _background(rows, first=False))
    for state, trigger, roles in product(states, triggers, ROLE_SETS):
        asked = _asked(rows, state, trigger)
        for combination in product(*(question.answers for question in asked)):
            answers = dict(zip(asked, combination, strict=True))
            outcome = expected_outcome(rows, state, trigger, roles=roles, answers=answers)
            for background in backgrounds:
                yield Cell(state, trigger, roles, {**background, **facts_for(answers)}, outcome)


def expected_outcome(
    rows: Sequence[Expected], state: str, trigger: str, *, roles: frozenset[Role], answers: Mapping[Question, str]
) -> Outcome:
    """What the handbook says of one cell: the first row whose conditions all hold, role before condition."""
    there = [row for row in rows if row.on == trigger and state in row.source]
    if not there:
        return NOT_ALLOWED
    mine = [row for row in there if not roles.isdisjoint(row.by)]
    if not mine:
        return NOT_PERMITTED
    failing: set[str] = set()
    for row in mine:
        broken = {condition.guard for condition in row.needs if answers[condition.question] not in condition.accepts}
        if not broken:
            return Moved(row.row, row.target(state))
        failing |= broken
    return Refused(frozenset(failing))


def facts_for(answers: Mapping[Question, str]) -> dict[str, object]:
    """The plain facts that give these answers."""
    merged: dict[str, object] = {}
    for question, answer in answers.items():
        merged.update(question.answers[answer])
    return merged


def happy(row: Expected) -> dict[Question, str]:
    """Answers with which every condition of the row holds; one that never holds is asked all the same."""
    asked = {condition.question: (*condition.accepts, *condition.question.answers)[0] for condition in row.needs}
    return dict(row.where) | asked


def with_the_rest(rows: Sequence[Expected], row: Expected, answers: Mapping[Question, str]) -> dict[Question, str]:
    """The answers, and for whatever else other rows of the same trigger ask the least helpful one."""
    others = {question for state in row.source for question in _asked(rows, state, row.on)}
    return {question: list(question.answers)[-1] for question in others} | dict(answers)


def described(owed: Sequence[effects.Effect]) -> frozenset[str]:
    """Every consequence of a row in words, numbers resolved."""
    return frozenset(word for effect in owed for word in _words(effect))


def _words(effect: effects.Effect) -> tuple[str, ...]:
    match effect:
        case effects.Notify(kind, to, by):
            return (f"{kind} to {to} by {by}",)
        case effects.RepeatMessage():
            return ("the same message again",)
        case effects.StartTimer(trigger, due):
            return (f"start {trigger}: {_length(due)}",)
        case effects.CancelTimer(triggers):
            return tuple(f"stop {trigger}" for trigger in triggers) or ("stop all timers",)
        case effects.CancelMessages(kinds):
            return tuple(f"cancel {kind}" for kind in kinds) or ("cancel all messages",)
        case effects.Erase(what):
            return (f"erase {what}",)
        case effects.OpenCase(lifecycle):
            return (f"open {lifecycle}",)
        case effects.CallRegister(operation):
            return (f"call {operation}",)
        case effects.ReserveContacts():
            return ("hold contacts",)
        case effects.ReleaseContacts():
            return ("free contacts",)
        case effects.EraseSecret():
            return ("erase its secret",)
        case effects.TellCase(happened):
            return (f"tell the case: {happened}",)


def _length(due: effects.Deadline) -> str:
    match due:
        case effects.Days(count):
            return f"{_number(count)} days"
        case effects.WorkingDays(count):
            return f"{_number(count)} working days"
        case effects.Months(count):
            return f"{count} months"
        case effects.Seconds(count):
            return f"{count} seconds"
        case effects.At(name):
            return name


def _number(count: int | str) -> int:
    return count if isinstance(count, int) else DEFAULT.number(count)


def _asked(rows: Sequence[Expected], state: str, trigger: str) -> tuple[Question, ...]:
    there = [row for row in rows if row.on == trigger and state in row.source]
    return tuple(dict.fromkeys(condition.question for row in there for condition in row.needs))


def _background(rows: Sequence[Expected], *, first: bool) -> dict[str, object]:
    questions = dict.fromkeys(condition.question for row in rows for condition in row.needs)
    place = 0 if first else -1
    return facts_for({question: list(question.answers)[place] for question in questions})
