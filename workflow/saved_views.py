"""The filters that an officer keeps: a name of their own for the query of a list (D2)."""

from __future__ import annotations

from workflow.access import Door
from workflow.errors import FieldError, InvalidSubmission
from workflow.ports_desk import SavedView

MOST, LONGEST = 20, 60  # views of one officer, characters of a name


def save(door: Door, name: str, query: str) -> None:
    """Keep a query under a name, or replace the one of this name. Raises: InvalidSubmission."""
    user_id, called = door.actor.user_id, " ".join(name.split())
    if user_id is None:
        return
    names = {view.name for view in door.uow.saved_views.of(user_id)}
    if not called:
        raise InvalidSubmission((FieldError("view", "required", "Give the view a name."),))
    if len(called) > LONGEST or not called.isprintable():
        raise InvalidSubmission((FieldError("view", "too_long", f"A name has at most {LONGEST} characters."),))
    if called not in names and len(names) >= MOST:
        told = f"There are {MOST} views already. Remove one first."
        raise InvalidSubmission((FieldError("view", "too_many_views", told),))
    door.uow.saved_views.put(SavedView(user_id, called, query))


def drop(door: Door, name: str) -> None:
    """Forget one of one's own."""
    if door.actor.user_id is not None:
        door.uow.saved_views.drop(door.actor.user_id, name)
