"""Officers as pages of the desk list them: who holds a role, who gives rights, and to whom a request can go."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from workflow.access import Door
from workflow.model import Role, User

ADMINISTRATORS = (Role.HEAD_LOCAL_ADMIN, Role.LOCAL_ADMIN)


def holding(door: Door, roles: Collection[Role]) -> tuple[User, ...]:
    """Everybody who holds one of these roles, by name."""
    found = {user.id: user for role in roles for user in door.uow.directory.with_role(role)}
    return tuple(sorted(found.values(), key=lambda user: user.name))


def administrators(door: Door) -> tuple[User, ...]:
    """Who can give a right that somebody lacks (B3)."""
    return holding(door, ADMINISTRATORS)


def colleagues(door: Door, *, without: Collection[UUID | None]) -> tuple[User, ...]:
    """Who of the service desk can deal with a request, some left out: oneself first, then by name (B1-5b)."""
    fit = (one for one in holding(door, (Role.SERVICE_DESK,)) if one.id not in without)
    return tuple(sorted(fit, key=lambda one: one.id != door.actor.user_id))
