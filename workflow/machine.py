"""The typed face of `transitions`: rows, guards, lifecycles; the only file that imports it.

One shared machine per lifecycle, no model registered, no method attached: a row is found and returned, nothing is done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from transitions import Machine, MachineError

from workflow.effects import Effect
from workflow.errors import GuardRefused, NotPermitted, TransitionNotAllowed
from workflow.model import NEW, Role
from workflow.policy import DEFAULT, Policy

F = TypeVar("F")
MACHINES = frozenset({Role.SYSTEM, Role.REGISTER, Role.PROVIDER})  # everybody else is a person


@dataclass(frozen=True, slots=True)
class Guard(Generic[F]):
    """A condition named as a statement, with the sentence that a person reads when it does not hold."""

    name: str
    refusal: str
    holds: Callable[[F], bool]

    def __repr__(self) -> str:
        return self.name


def guard(refusal: str) -> Callable[[Callable[[F], bool]], Guard[F]]:
    """Make a guard of a one-line predicate; `refusal` says why not, with the next step."""

    def make(predicate: Callable[[F], bool]) -> Guard[F]:
        return Guard(predicate.__name__, refusal, predicate)

    return make


@dataclass(frozen=True, slots=True)
class Row(Generic[F]):
    """One transition: on / from / to / by / when / then, and the row of the handbook that it stands for; `to` None stays."""

    on: str
    source: str | tuple[str, ...]
    to: str | None
    by: tuple[Role, ...]
    when: tuple[Guard[F], ...] = ()
    then: tuple[Effect, ...] = ()
    fact: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The states that the row starts from."""
        return (self.source,) if isinstance(self.source, str) else self.source

    def target(self, state: str) -> str:
        """Where the row leads from this state."""
        return str(state if self.to is None else self.to)


@dataclass(frozen=True, slots=True)
class Fired(Generic[F]):
    """The row that applies, and the state it leads to."""

    row: Row[F]
    to: str


@dataclass(frozen=True, slots=True)
class Option:
    """One action as it stands now for one actor: open, or the reason why not."""

    trigger: str
    open: bool
    guard: str | None = None
    reason: str | None = None


@dataclass(slots=True)
class _Token(Generic[F]):
    """What `transitions` moves instead of a model: thrown away after one question."""

    state: str
    roles: frozenset[Role]
    facts: F
    row: Row[F] | None = None
    refused: Guard[F] | None = None
    permitted: bool = False


@dataclass(frozen=True, eq=False)
class Lifecycle(Generic[F]):
    """A state table that can be asked: `fire`, `allowed`, `rows`."""

    name: str
    states: type[StrEnum]
    final: frozenset[str]  # states that a case never leaves
    closed: frozenset[str]  # states in which nobody has to act any more
    may_wait: frozenset[str]  # states in which a case may stand without a deadline, with an alert or on purpose
    events: Mapping[str, str | dict[str, str]]  # trigger -> past-tense event, or one for each target state
    rows: tuple[Row[F], ...]
    waits_days: int  # every path ends within so many days when nobody acts, or stands in a state that may wait
    inner: frozenset[str] = frozenset()  # triggers that come with another command: nobody chooses them
    deadlines: frozenset[str] = frozenset()  # timers that say by when somebody is to act; work lists sort by them
    _machine: Machine = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        states = [NEW, *(str(state) for state in self.states)]
        _refuse_unknown_states(self.name, self.rows, frozenset(states))
        machine = Machine(
            model=None, states=states, initial=NEW, auto_transitions=False, send_event=True, model_attribute="state"
        )
        for row in self.rows:
            for source in row.sources:
                machine.add_transition(str(row.on), str(source), row.target(source), conditions=[_condition(row)])
        object.__setattr__(self, "_machine", machine)

    def fire(self, state: str, trigger: str, *, roles: frozenset[Role], facts: F) -> Fired[F]:
        """The row that applies now.

        Raises: TransitionNotAllowed (no such action in this state), NotPermitted (role), GuardRefused (condition).
        """
        token = self._ask(state, trigger, roles, facts)
        if token is None:
            raise TransitionNotAllowed(str(state), str(trigger), self.actions(state))
        if token.row is not None:
            return Fired(token.row, token.row.target(state))
        if not token.permitted or token.refused is None:
            raise NotPermitted(str(trigger), self.roles_for(state, trigger))
        raise GuardRefused(token.refused.name, token.refused.refusal)

    def allowed(self, state: str, *, roles: frozenset[Role], facts: F) -> tuple[Option, ...]:
        """Every action of this state that these roles could ever take, open or with the reason why not."""
        return tuple(
            option
            for trigger in self.triggers(state)
            if trigger not in self.inner and (option := self._option(state, trigger, roles, facts)) is not None
        )

    def triggers(self, state: str) -> tuple[str, ...]:
        """The triggers that exist in this state, in the order of the table."""
        return tuple(dict.fromkeys(str(row.on) for row in self.rows if state in row.sources))

    def actions(self, state: str) -> tuple[str, ...]:
        """What a person can do in this state: neither timers nor answers, nor what only comes with another command."""
        ways = ((trigger, self.roles_for(state, trigger)) for trigger in self.triggers(state))
        return tuple(trigger for trigger, by in ways if trigger not in self.inner and not MACHINES.issuperset(by))

    def roles_for(self, state: str, trigger: str) -> tuple[str, ...]:
        """Who may pull this trigger in this state."""
        rows = [row for row in self.rows if row.on == trigger and state in row.sources]
        return tuple(dict.fromkeys(str(role) for row in rows for role in row.by))

    def event(self, trigger: str, to: str) -> str:
        """The past-tense name of what happened."""
        named = self.events[trigger]
        return named if isinstance(named, str) else named[to]

    def definition(self, policy: Policy = DEFAULT) -> str:
        """Content hash of the table and of the settings that it reads: what a case is pinned to."""
        text = "\n".join([self.name, *(repr(row) for row in self.rows), repr(policy)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _option(self, state: str, trigger: str, roles: frozenset[Role], facts: F) -> Option | None:
        token = self._ask(state, trigger, roles, facts)
        if token is None or not token.permitted:
            return None
        if token.row is not None:
            return Option(trigger, open=True)
        refused = token.refused
        return Option(trigger, False, refused.name if refused else None, refused.refusal if refused else None)

    def _ask(self, state: str, trigger: str, roles: frozenset[Role], facts: F) -> _Token[F] | None:
        event = self._machine.events.get(str(trigger))
        if event is None:
            return None
        token = _Token(str(state), roles, facts)
        try:
            event.trigger(token)
        except MachineError:
            return None
        return token


def _condition(row: Row[F]) -> Callable[..., bool]:
    """The whole row as one condition: role first, so that nobody learns of guards of actions that are not theirs."""
    roles = frozenset(row.by)

    def applies(event: object) -> bool:
        token: _Token[F] = event.model  # type: ignore[attr-defined]  # EventData of transitions carries what was fired
        if roles.isdisjoint(token.roles):
            return False
        token.permitted = True
        for condition in row.when:
            if not condition.holds(token.facts):
                token.refused = token.refused or condition
                return False
        token.row = row
        return True

    return applies


def _refuse_unknown_states(name: str, rows: Sequence[Row[F]], known: frozenset[str]) -> None:
    """`transitions` takes a mistyped state without a word; a lifecycle does not."""
    for row in rows:
        targets = () if row.to is None else (str(row.to),)
        strange = [state for state in (*map(str, row.sources), *targets) if state not in known]
        if strange:
            raise ValueError(f"lifecycle {name}: row {row.fact or row.on} names unknown states {strange}")
