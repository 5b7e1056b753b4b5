"""Somebody in every role: two end users of two entities, and one of each of the others; who they are, and signing them in."""

from __future__ import annotations

from dataclasses import replace

from bisdesk.demo.stage import ANNA
from tests.support.officer import Officer
from tests.support.site import OpenSite
from workflow.access import Door
from workflow.model import Entity, EntityStatus, Role

ENTITY, OTHER = "OVO002949", "OVO000009"
PEOPLE: dict[str, tuple[Role, str | None]] = {
    "own": (Role.END_USER, ENTITY), "foreign": (Role.END_USER, OTHER), "desk": (Role.SERVICE_DESK, None),
    "lead": (Role.TEAM_LEAD, None), "auditor": (Role.AUDITOR, None), "admin": (Role.LOCAL_ADMIN, None),
    "head": (Role.HEAD_LOCAL_ADMIN, None), "operator": (Role.OPERATOR, None),
}  # fmt: skip


def mail(name: str) -> str:
    """The address of one of them."""
    return f"matrix-{name}@desk.example"


def put_everybody(site: OpenSite) -> None:
    """Make them known, the end users with all that filing asks for, and the other entity."""

    def put(door: Door) -> None:
        anna = door.uow.directory.by_email(ANNA)
        door.uow.directory.put_entity(Entity(OTHER, "Another entity", EntityStatus.ACTIVE))
        for name, (role, entity) in PEOPLE.items():
            who = replace(
                anna, id=door.tools.chance.uuid(door.now), email=mail(name), name=_called(name), roles=frozenset({role}),
                entity=entity,
            )  # fmt: skip
            door.uow.directory.put_user(who)

    site.stage.act(ANNA, put)


def everybody(site: OpenSite) -> dict[str, Officer]:
    """All of them, signed in."""
    return {name: Officer(site.base, _called(name), site.people).signs_in() for name in PEOPLE}


def _called(name: str) -> str:
    return f"Matrix {name}."
