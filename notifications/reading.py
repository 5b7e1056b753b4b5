"""Reads the plain parameters of an outbox row as typed values, and refuses what does not belong there.

It knows nothing of single messages; contexts.py says which parameters each has.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import NoReturn, TypeVar

from notifications.errors import UnfitMessage
from workflow.outbox import QueuedMessage

E = TypeVar("E", bound=StrEnum)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Reader:
    """The parameters and the secret of one row; each is asked for by name, and `finish` refuses what nobody asked for."""

    def __init__(self, message: QueuedMessage) -> None:
        self.message = message
        self._asked: set[str] = set()
        self._secret_asked = False

    def text(self, name: str) -> str:
        """A parameter as it stands. Raises: UnfitMessage when it is missing."""
        value = self.maybe(name)
        if value is None:
            raise self.unfit("param_missing", name)
        return value

    def maybe(self, name: str) -> str | None:
        """A parameter that not every row of this kind has."""
        self._asked.add(name)
        return self.message.params.get(name)

    def day(self, name: str) -> date:
        """A day, written YYYY-MM-DD. Raises: UnfitMessage."""
        value = self.text(name)
        try:
            return date.fromisoformat(value) if _DAY.fullmatch(value) else self._wrong(name)
        except ValueError:
            return self._wrong(name)

    def number(self, name: str) -> int:
        """A whole number that is not negative. Raises: UnfitMessage."""
        value = self.text(name)
        return int(value) if value.isascii() and value.isdigit() else self._wrong(name)

    def flag(self, name: str) -> bool:
        """`yes` or `no`. Raises: UnfitMessage."""
        return self.one_of(name, ("yes", "no")) == "yes"

    def one_of(self, name: str, known: Collection[str]) -> str:
        """One of the known words. Raises: UnfitMessage."""
        value = self.text(name)
        return value if value in known else self._wrong(name)

    def member(self, name: str, known: type[E], default: E | None = None) -> E:
        """A member of an enumeration; the default stands for an absent parameter. Raises: UnfitMessage."""
        if default is not None and self.maybe(name) is None:
            return default
        return known(self.one_of(name, tuple(known)))

    def secret(self, pattern: str, *, optional: bool = False) -> str | None:
        """The row's secret, if it looks as this kind's must. Raises: UnfitMessage, without the secret."""
        self._secret_asked = True
        value = self.message.secret
        if value is None and optional:
            return None
        if value is None:
            raise self.unfit("secret_missing")
        if re.fullmatch(pattern, value) is None:
            raise self.unfit("secret_malformed")
        return value

    def finish(self) -> None:
        """Raises: UnfitMessage for a parameter or a secret that this kind does not have."""
        strange = sorted(set(self.message.params) - self._asked)
        if strange:
            raise self.unfit("param_unknown", ", ".join(strange))
        if self.message.secret is not None and not self._secret_asked:
            raise self.unfit("secret_unexpected")

    def unfit(self, problem: str, what: str = "") -> UnfitMessage:
        """The refusal of this row."""
        return UnfitMessage(str(self.message.kind), problem, what)

    def _wrong(self, name: str) -> NoReturn:
        raise self.unfit("param_wrong", name)
