"""The one way in which a value of this room is refused: a stable code and a sentence for a human.

It must never hold the refused value itself, which is personal.
"""

from __future__ import annotations


class Problem(ValueError):
    """A value is not acceptable; `code` is stable, `message` tells what is expected."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NumberError(Problem):
    """A text is not a Belgian national number or BIS number."""
