"""The filters of a list as they stand in its address: what may be asked, what it narrows to, how to ask for less (D2, D3).

Nothing personal is ever among them, so an address can be shared, saved and written down.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from unicodedata import normalize
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from workflow.access import Door
from workflow.calendar import aware, midnight
from workflow.lifecycles.registration import State
from workflow.model import Language, RequestKind
from workflow.ports_desk import Place
from workflow.work import Narrowed, Tab

LIST = "/desk/work"
DUES = ("overdue", "today", "week")
BREACHES = ("4", "8", "16", "40")  # working hours: half a day, one, two, five
APPROVED = {"day": timedelta(days=1), "week": timedelta(days=7)}
NOBODY = "nobody"
FILTERS = ("state", "entity", "language", "kind", "due", "breach", "approved", "assignee")
REF = re.compile(r"BR-\d{4}-[0-9A-Z-]{3,12}")
INSTANT = timedelta(microseconds=1)


def understood(given: Mapping[str, str]) -> dict[str, str]:
    """What an address asks; what nobody could have chosen on the page is not asked."""
    return {name: value for name, value in given.items() if name in ASKED and ASKED[name](value)}


def read(query: str) -> dict[str, str]:
    """The same of a query that a form brings back."""
    return understood(dict(parse_qsl(query[:2000])))


def narrowed(door: Door, asked: Mapping[str, str]) -> Narrowed:
    """The filters of an address that was understood."""
    until = {"overdue": door.now, "today": midnight(door.today + timedelta(days=1)),
             "week": midnight(door.today + timedelta(days=8))}.get(asked.get("due", ""))  # fmt: skip
    since = APPROVED.get(asked.get("approved", ""))
    return Narrowed(
        state=asked.get("state"),
        entity=asked.get("entity"),
        language=asked.get("language"),
        kind=asked.get("kind"),
        assignee=_uuid(asked.get("assignee", "")),
        unassigned=asked.get("assignee") == NOBODY,
        due_before=until + INSTANT if until else None,
        approved_from=door.now - since if since else None,
        breach_hours=int(asked["breach"]) if asked.get("breach") else None,
    )


def tab_of(tabs: tuple[Tab, ...], asked: Mapping[str, str]) -> Tab:
    """The list that is asked for, of those that this officer has."""
    return Tab(asked["tab"]) if asked.get("tab") in tabs else tabs[0]


def chips(asked: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """The filters that are set: name, value, and the address without it."""
    changed = address(asked)
    return tuple((name, asked[name], changed(**{name: ""})) for name in FILTERS if asked.get(name))


def query_of(asked: Mapping[str, str], **changed: str) -> str:
    """The query of a list with something changed; a page further on belongs to one list only."""
    kept = {name: asked[name] for name in ("tab", *FILTERS) if asked.get(name)}
    return urlencode({name: value for name, value in {**kept, **changed}.items() if value})


def address(asked: Mapping[str, str]) -> Callable[..., str]:
    """The address of this list with something changed."""

    def changed_to(**changed: str) -> str:
        query = query_of(asked, **changed)
        return f"{LIST}?{query}" if query else LIST

    return changed_to


def alphabetical(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Options in the order of the alphabet by what they say, accents left aside."""
    return sorted(options, key=lambda one: normalize("NFKD", str(one[1])).encode("ascii", "ignore").lower())


def here(asked: Mapping[str, str]) -> str:
    """The very page of the list, for a form to come back to."""
    return query_of(asked, after=asked.get("after", ""))


def written(place: Place | None) -> str:
    """A place in a list as an address carries it."""
    return base64.urlsafe_b64encode(f"{place[0].isoformat()}|{place[1].hex}".encode()).decode() if place else ""


def placed(text: str) -> Place | None:
    """The place that an address carries."""
    try:
        at, _, case_id = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        return aware(datetime.fromisoformat(at)), UUID(case_id)
    except (ValueError, OverflowError):
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


ASKED: dict[str, Callable[[str], object]] = {
    "tab": lambda value: value in tuple(Tab),
    "state": lambda value: value in tuple(State),
    "entity": re.compile(r"[0-9A-Z]{4,20}").fullmatch,
    "language": lambda value: value in tuple(Language),
    "kind": lambda value: value in tuple(RequestKind),
    "due": lambda value: value in DUES,
    "breach": lambda value: value in BREACHES,
    "approved": lambda value: value in APPROVED,
    "assignee": lambda value: value == NOBODY or _uuid(value),
    "after": placed,
    "taken": REF.fullmatch,
}
