"""A lifecycle as a page for people who read no code, and as JSON for programs that draw their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TypeVar

from bisdesk.describe.diagrams import mermaid
from bisdesk.describe.meanings import meaning, title
from bisdesk.describe.words import ROLES, condition, deadline, effect, who
from workflow.effects import StartTimer
from workflow.machine import Guard, Lifecycle, Row
from workflow.model import NEW, Role
from workflow.policy import DEFAULT, Policy

F = TypeVar("F")
STAYS = "stays"


@dataclass(frozen=True, slots=True)
class RowInWords:
    """One row in plain English, column by column."""

    on: str
    source: tuple[str, ...]
    to: str
    by: str
    when: tuple[str, ...]
    then: tuple[str, ...]
    fact: str


def in_words(lifecycle: Lifecycle[F], policy: Policy = DEFAULT) -> list[RowInWords]:
    """Every row of a lifecycle in plain English, in the order in which rows are tried."""
    return [
        RowInWords(
            on=str(row.on),
            source=tuple(map(str, row.sources)),
            to=STAYS if row.to is None else str(row.to),
            by=who(row.by),
            when=tuple(condition(guard) for guard in row.when),
            then=tuple(effect(asked, policy) for asked in row.then),
            fact=row.fact,
        )
        for row in lifecycle.rows
    ]


def table(lifecycle: Lifecycle[F], policy: Policy = DEFAULT) -> str:
    """The rows of a lifecycle as a Markdown table."""
    head = ("On", "From", "To", "By", "When all of this holds", "Then", "Row")
    return _markdown(head, [_cells(row) for row in in_words(lifecycle, policy)])


def document(lifecycle: Lifecycle[F], policy: Policy = DEFAULT) -> str:
    """A lifecycle as a section of a page: picture, states, rows, timers, roles, conditions and diagram."""
    return "\n\n".join([
        f"## {title(lifecycle.name)}",
        f"![{title(lifecycle.name)}: states and transitions](pictures/{lifecycle.name}.svg)",
        "### States",
        _states(lifecycle),
        "### Transitions",
        "The rows of one trigger are tried from the top; the first whose conditions all hold is taken. A row that "
        "*stays* writes history, messages and timers, but leaves the state as it is.",
        table(lifecycle, policy),
        "### Timers",
        "Every period in calendar days ends with the last moment of its last day in Europe/Brussels. A timer only makes "
        "visible what is already true: when it fires late, nothing comes out differently.",
        _timers(lifecycle, policy),
        "### Who may do what",
        _roles(lifecycle),
        "### Conditions",
        "What a person reads when the condition of a row does not hold.",
        _conditions(lifecycle),
        "### Diagram",
        f"```mermaid\n{mermaid(lifecycle)}```",
    ])  # fmt: skip


def as_json(lifecycle: Lifecycle[F], policy: Policy = DEFAULT) -> dict[str, object]:
    """A lifecycle as plain JSON values."""
    return {
        "name": lifecycle.name,
        "title": title(lifecycle.name),
        "definition": lifecycle.definition(policy),
        "states": [
            {"name": state, "kind": _kind(lifecycle, state), **asdict(meaning(lifecycle.name, state))}
            for state in map(str, lifecycle.states)
        ],
        "rows": [
            {
                "on": str(row.on),
                "from": list(map(str, row.sources)),
                "to": None if row.to is None else str(row.to),
                "by": [str(role) for role in row.by],
                "when": [guard.name for guard in row.when],
                "then": [effect(asked, policy) for asked in row.then],
                "fact": row.fact,
            }
            for row in lifecycle.rows
        ],
    }


def _states(lifecycle: Lifecycle[F]) -> str:
    rows = [
        (f"`{state}`", _kind(lifecycle, state), (said := meaning(lifecycle.name, state)).turn, said.says)
        for state in map(str, lifecycle.states)
    ]
    return _markdown(("State", "Kind", "Whose turn", "Meaning"), rows)


def _kind(lifecycle: Lifecycle[F], state: str) -> str:
    if state in lifecycle.final:
        return "final"
    if state in lifecycle.closed:
        return "closed"
    first = {row.to for row in lifecycle.rows if NEW in row.sources}
    return "initial" if state in first else "open"


def _timers(lifecycle: Lifecycle[F], policy: Policy) -> str:
    started: dict[str, list[tuple[Row[F], StartTimer]]] = {}
    for row in lifecycle.rows:
        for asked in row.then:
            if isinstance(asked, StartTimer):
                started.setdefault(str(asked.trigger), []).append((row, asked))
    rows = [
        (f"`{trigger}`", _unique(deadline(asked.due, policy) for _, asked in starts),
         _unique(f"`{row.on}`" for row, _ in starts), _outcome(lifecycle, trigger))
        for trigger, starts in started.items()
    ]  # fmt: skip
    return _markdown(("Timer", "Due", "Started by", "When it fires"), rows)


def _outcome(lifecycle: Lifecycle[F], trigger: str) -> str:
    rows = [row for row in lifecycle.rows if row.on == trigger]
    return _unique(f"{_list(row.sources)}: {STAYS if row.to is None else f'to `{row.to}`'}" for row in rows)


def _roles(lifecycle: Lifecycle[F]) -> str:
    rows = []
    for role in Role:
        actions = dict.fromkeys(str(row.on) for row in lifecycle.rows if role in row.by)
        if actions:
            rows.append((ROLES[role], ", ".join(f"`{action}`" for action in actions)))
    return _markdown(("Role", "Actions"), rows)


def _conditions(lifecycle: Lifecycle[F]) -> str:
    guards: dict[str, Guard[F]] = {guard.name: guard for row in lifecycle.rows for guard in row.when}
    rows = [(condition(guard), guard.refusal) for guard in sorted(guards.values(), key=lambda guard: guard.name)]
    return _markdown(("Condition", "Refusal"), rows)


def _cells(row: RowInWords) -> tuple[str, ...]:
    to = f"*{STAYS}*" if row.to == STAYS else f"`{row.to}`"
    source = "*new case*" if row.source == (NEW,) else _list(row.source)
    return (f"`{row.on}`", source, to, row.by, _lines(row.when), _lines(row.then), row.fact)


def _list(states: Iterable[str]) -> str:
    return ", ".join(f"`{state}`" for state in states)


def _lines(parts: Iterable[str]) -> str:
    return "<br>".join(f"• {part}" for part in parts) or "–"


def _unique(parts: Iterable[str]) -> str:
    return "<br>".join(dict.fromkeys(parts))


def _markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
