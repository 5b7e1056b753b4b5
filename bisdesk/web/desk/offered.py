"""What a case offers to the officer who looks at it: the acts that are open, and the others with their reason."""

from __future__ import annotations

from workflow.machine import Option


class Offered:
    """Of a page about one case, whatever else it shows."""

    __slots__ = ()
    options: tuple[Option, ...]

    @property
    def can(self) -> tuple[str, ...]:
        """What is open to this officer."""
        return tuple(option.trigger for option in self.options if option.open)

    @property
    def cannot(self) -> tuple[Option, ...]:
        """What is not, with the reason."""
        return tuple(option for option in self.options if not option.open)
