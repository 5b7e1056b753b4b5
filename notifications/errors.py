"""Why a row of the outbox cannot become a message: its code is what the desk sees on the parked row.

No value of a person, no token and no code ever stands in one.
"""

from __future__ import annotations

from workflow.errors import BisdeskError


class UnfitMessage(BisdeskError):
    """The row, its recipient or its template do not make a message; the dispatcher parks it, visibly."""

    code = "message_unfit"

    def __init__(self, message: str, problem: str, what: str = "") -> None:
        told = f" ({what})" if what else ""
        super().__init__(f"Message {message} cannot be written: {problem.replace('_', ' ')}{told}.")
        self.code = problem
        self.message = message
        self.what = what
