"""What stands in the bar above every page of the desk, for whom."""

from __future__ import annotations

from workflow.model import Role, User

READERS = frozenset({Role.END_USER, Role.SERVICE_DESK, Role.TEAM_LEAD, Role.AUDITOR})
LEADERS = frozenset({Role.TEAM_LEAD, Role.AUDITOR})
AUDITORS = frozenset({Role.AUDITOR})
MENU: tuple[tuple[str, str, frozenset[Role]], ...] = (  # address, name of its words, who has it
    ("/desk/work", "work.title", READERS),
    ("/desk/new", "filing.menu", frozenset({Role.END_USER})),
    ("/desk/search", "search.title", READERS),
    ("/desk/overview", "overview.title", LEADERS),
    ("/desk/audit", "audit.title", AUDITORS),
)


def menu(user: User | None) -> tuple[tuple[str, str], ...]:
    """The addresses and names that somebody has; nothing for nobody."""
    held = user.roles if user else frozenset()
    return tuple((address, name) for address, name, roles in MENU if not roles.isdisjoint(held))
