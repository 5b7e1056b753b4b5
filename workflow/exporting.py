"""Taking a list away: the rows as the list shows them, and a line that says who took which list and how long it was (L9)."""

from __future__ import annotations

from workflow import work
from workflow.access import Door
from workflow.model import Role
from workflow.ports_desk import Look, Looked
from workflow.work import Narrowed, Tab, WorkRow

MOST = 5000  # rows of one export, from the top of the list


def export(door: Door, tab: Tab, narrowed: Narrowed, *, query: str, most: int = MOST) -> tuple[WorkRow, ...]:
    """The rows of a list; that they were taken is written down in the same transaction, with the filters and how many."""
    rows = work.rows_of(door, tab, narrowed, most=most)
    role = min(door.actor.roles, default=Role.END_USER)
    told = f"{query} rows={len(rows)}"
    door.uow.looks.add(
        Look(door.tools.chance.uuid(door.now), door.now, door.actor.name, str(role), Looked.EXPORT, told=told)
    )
    return rows
