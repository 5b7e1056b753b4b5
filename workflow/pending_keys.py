"""Keys that wait to be confirmed: the same secret after a mistake (A19), and never for somebody who comes later.

Who saw the picture of a secret may keep it, so it dies with the hour, with a freeze, and when a set-up goes on elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from workflow.model import DigitalKey, KeyKind, KeyState
from workflow.ports import UnitOfWork

KEPT_FOR = timedelta(hours=1)


def pending(uow: UnitOfWork, case_id: UUID) -> list[DigitalKey]:
    """The keys of a case that wait, oldest first."""
    return [key for key in uow.keys.of(case_id) if key.state is KeyState.PENDING]


def kept(uow: UnitOfWork, case_id: UUID, kind: KeyKind, *, now: datetime) -> DigitalKey | None:
    """The key of this kind that waits and is young enough to be shown again."""
    young = (key for key in pending(uow, case_id) if now - key.created_at < KEPT_FOR)
    return next((key for key in young if key.kind is kind), None)


def forget(uow: UnitOfWork, case_id: UUID, *, but: UUID | None = None) -> None:
    """Remove every key that waits, but one."""
    for key in pending(uow, case_id):
        if key.id != but:
            uow.keys.put(replace(key, state=KeyState.REMOVED, secret=None))
