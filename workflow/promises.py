"""The promise of the service level over many requests: two questions to the store, however long a list is (D5, L8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workflow.access import Door
from workflow.ports_desk import Wanted
from workflow.service_level import Badge, ServiceLevel, badge, breaches_within, service_level

MOST_JUDGED = 1000  # open requests that are looked at for what will be too late, the most urgent first


@dataclass(frozen=True, slots=True)
class Promise:
    """What a list says of the promise of a request: the badge, and the instants behind it."""

    badge: Badge
    level: ServiceLevel


def levels(door: Door, case_ids: tuple[UUID, ...]) -> dict[UUID, ServiceLevel]:
    """Where the promise of each stands now."""
    courses = door.uow.work.courses(case_ids)
    return {case_id: service_level(courses.get(case_id, ()), now=door.now) for case_id in case_ids}


def promised(door: Door, case_ids: tuple[UUID, ...]) -> dict[UUID, Promise]:
    """The promise of each that is under way."""
    found = {}
    for case_id, level in levels(door, case_ids).items():
        told = badge(level, now=door.now)
        if told is not None:
            found[case_id] = Promise(told, level)
    return found


def soon_broken(door: Door, wanted: Wanted, hours: int) -> list[tuple[datetime, UUID]]:
    """What will be too late within so many working hours when nobody acts, by when, the soonest first."""
    case_ids = door.uow.work.ids(wanted, now=door.now, limit=MOST_JUDGED)
    found = levels(door, case_ids)
    return sorted(
        (level.due_at, case_id)
        for case_id, level in found.items()
        if level.due_at is not None and breaches_within(level, hours, now=door.now)
    )
