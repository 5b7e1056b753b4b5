"""The one family of errors: a stable code for programs, a sentence with the next step for people, facts as attributes.

It knows nothing of HTTP statuses or exit codes; the doors map `code` to theirs in one table each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


class BisdeskError(Exception):
    """Something the caller can act on."""

    code = "error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(BisdeskError):
    """The thing does not exist for this actor; another entity's case is not found, never forbidden."""

    code = "not_found"

    def __init__(self, what: str, ref: str, *, choices: Iterable[str] = ()) -> None:
        listed = ", ".join(choices)
        mend = f"Choose one of {listed}." if listed else "Check the reference."
        super().__init__(f"There is no {what} {ref} here. {mend}")
        self.what = what
        self.ref = ref


class NotPermitted(BisdeskError):
    """The actor's roles do not carry this action."""

    code = "not_permitted"

    def __init__(self, trigger: str, needed: tuple[str, ...]) -> None:
        who = " or ".join(needed)
        super().__init__(f"The action {trigger} is for {who}. Ask somebody with that role.")
        self.trigger = trigger
        self.needed = needed


class TransitionNotAllowed(BisdeskError):
    """The state has no such action."""

    code = "transition_not_allowed"

    def __init__(self, state: str, trigger: str, allowed: tuple[str, ...]) -> None:
        can = ", ".join(allowed) if allowed else "nothing"
        super().__init__(f"The action {trigger} does not exist in the state {state}. Possible now: {can}.")
        self.state = state
        self.trigger = trigger
        self.allowed = allowed


class GuardRefused(BisdeskError):
    """The action exists here, but a condition is not met."""

    code = "guard_refused"

    def __init__(self, guard: str, reason: str) -> None:
        super().__init__(reason)
        self.guard = guard
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: its JSON path, a stable code, a sentence that never repeats the value."""

    path: str
    code: str
    message: str


class InvalidSubmission(BisdeskError):
    """The input has wrong fields; nothing was stored."""

    code = "invalid_submission"

    def __init__(self, fields: tuple[FieldError, ...]) -> None:
        count = "1 field needs" if len(fields) == 1 else f"{len(fields)} fields need"
        super().__init__(f"{count} attention; nothing was stored.")
        self.fields = fields


class ConcurrentChange(BisdeskError):
    """Somebody changed the case first; what they did stands."""

    code = "concurrent_change"

    def __init__(
        self, ref: str, *, event: str | None = None, by: str | None = None, at: datetime | None = None
    ) -> None:
        done = f" ({event} by {by} at {at:%Y-%m-%d %H:%M} UTC)" if event and by and at else ""
        super().__init__(f"Somebody was first on {ref}{done}. Look at the case again before you act.")
        self.ref = ref
        self.event = event
        self.by = by
        self.at = at


class Unavailable(BisdeskError):
    """The work cannot be done now: database, key or schema; the sentence says what mends it."""

    code = "unavailable"
