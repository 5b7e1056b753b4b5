"""The history of all cases together, in memory."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from store.memory_tables import Begin
from workflow.ports_desk import Place, Sought, Traced


class MemoryTrail:
    """The port `Trail` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def page(self, sought: Sought, *, after: Place | None, limit: int) -> list[Traced]:
        """The next lines, newest first, without what they say of a person."""
        found = [line for line in self._lines() if _fits(line, sought)]
        found.sort(key=lambda line: line.place, reverse=True)
        found = [line for line in found if after is None or line.place < after]
        return [replace(line, event=replace(line.event, payload=None)) for line in found[:limit]]

    def line(self, event_id: UUID) -> Traced | None:
        """One line with all that it says; what it says of a person is None once the person is erased."""
        return next((line for line in self._lines() if line.event.id == event_id), None)

    def _lines(self) -> list[Traced]:
        tables, lines = self._begin(), []
        for event in tables.events.all():
            case = tables.cases.get(event.case_id)
            if case is not None:
                lines.append(Traced(case.ref, case.entity, event))
        return lines


def _fits(line: Traced, sought: Sought) -> bool:
    event = line.event
    pairs = (
        (line.ref, sought.ref), (event.actor, sought.actor), (line.entity, sought.entity), (event.event, sought.event),
    )  # fmt: skip
    if any(asked is not None and have != asked for have, asked in pairs):
        return False
    in_time = sought.since is None or event.occurred_at >= sought.since
    in_time = in_time and (sought.until is None or event.occurred_at < sought.until)
    return in_time and event.trigger not in sought.without and line.entity != sought.not_of
