"""Who looked at the papers and the number of a case, for those who watch over it: looks in a row are told as one (U3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from uuid import UUID

from bisdesk.web.desk.call import Call
from workflow import looks, trail
from workflow.access import Door
from workflow.model import User
from workflow.ports_desk import Look

MOST = 100  # lines; what is older is in the audit


@dataclass(frozen=True, slots=True)
class Watched:
    """Somebody looked at one thing, once or several times in a row."""

    who: str = field(repr=False)
    what: str
    page: str
    first: datetime
    last: datetime
    times: int


def watched(call: Call, user: User, case_id: UUID) -> tuple[Watched, ...]:
    """The looks at a case, newest first; nothing for whoever does not watch over it."""
    return call.desk.look(user, lambda door: _told(door, looks.who_looked(door, case_id)))


def _told(door: Door, seen: tuple[Look, ...]) -> tuple[Watched, ...]:
    people = trail.names(door, {look.actor for look in seen})
    made = []
    for (actor, what, page), run in groupby(seen, key=lambda look: (look.actor, look.what, look.told)):
        rows = list(run)
        made.append(Watched(people.get(actor, actor), what.value, page, rows[-1].at, rows[0].at, len(rows)))
    return tuple(made[:MOST])
