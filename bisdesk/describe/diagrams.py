"""The moves between states as text that other tools draw: Mermaid and Graphviz; rows that stay are left to the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from bisdesk.describe.meanings import title
from workflow.effects import StartTimer
from workflow.machine import Lifecycle
from workflow.model import NEW

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Move:
    """All the ways from one state to another."""

    source: str
    to: str
    triggers: tuple[str, ...]
    by_timer: bool  # nobody acts: every one of its triggers is a timer

    @property
    def label(self) -> str:
        """The triggers in one line."""
        return " / ".join(self.triggers)


def moves(lifecycle: Lifecycle[F]) -> list[Move]:
    """Every pair of states with a row between them, in the order of the table."""
    by_clock = timers(lifecycle)
    pairs: dict[tuple[str, str], list[str]] = {}
    for row in lifecycle.rows:
        for source in map(str, row.sources):
            if row.target(source) != source:
                pairs.setdefault((source, row.target(source)), []).append(str(row.on))
    return [
        Move(source, to, tuple(dict.fromkeys(triggers)), by_clock.issuperset(triggers))
        for (source, to), triggers in pairs.items()
    ]


def timers(lifecycle: Lifecycle[F]) -> frozenset[str]:
    """The triggers that a row arms as a timer."""
    return frozenset(
        str(asked.trigger) for row in lifecycle.rows for asked in row.then if isinstance(asked, StartTimer)
    )


def mermaid(lifecycle: Lifecycle[F]) -> str:
    """A Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    direction TB"]
    for move in moves(lifecycle):
        source = "[*]" if move.source == NEW else move.source
        lines.append(f"    {source} --> {move.to}: {move.label}")
    lines += [f"    {state} --> [*]" for state in map(str, lifecycle.states) if state in lifecycle.final]
    return "\n".join(lines) + "\n"


def dot(lifecycle: Lifecycle[F]) -> str:
    """A Graphviz graph; timers are dashed, final states have a double border."""
    lines = [
        f"digraph {lifecycle.name} {{",
        f'  label="{title(lifecycle.name)}"; labelloc=t; node [shape=box, style=rounded];',
    ]
    lines.append(f'  "{NEW}" [shape=circle, label="", style=filled, fillcolor=black, width=0.15];')
    for state in map(str, lifecycle.states):
        lines.append(f'  "{state}"{" [peripheries=2]" if state in lifecycle.final else ""};')
    for move in moves(lifecycle):
        style = ", style=dashed" if move.by_timer else ""
        lines.append(f'  "{move.source}" -> "{move.to}" [label="{move.label}"{style}];')
    return "\n".join([*lines, "}"]) + "\n"
