"""In how many ways the story is told: a spread in which each language, window and way comes up, or every mix of them.

`BROWSER_MIXES=every` (`make browser`) asks for every mix.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import product

from tests.support.chromium import DESK, PHONE, Ways, Window

EVERY = os.environ.get("BROWSER_MIXES") == "every"
LANGUAGES = ("nl", "fr", "de", "en")


@dataclass(frozen=True, slots=True)
class Mix:
    """One way to read, with or without a keyboard alone."""

    ways: Ways
    keyboard: bool

    @property
    def name(self) -> str:
        """What a test of it is called."""
        ways = self.ways
        words = (
            ways.language, ways.window.name, "" if ways.scripts else "no-scripts", "large" if ways.large else "",
            "keyboard" if self.keyboard else "",
        )  # fmt: skip
        return "-".join(word for word in words if word)


def _mix(language: str, window: Window, *, scripts: bool = True, large: bool = False, keyboard: bool = False) -> Mix:
    return Mix(Ways(window=window, language=language, scripts=scripts, large=large), keyboard)


SPREAD = (
    _mix("nl", PHONE),
    _mix("fr", PHONE, scripts=False),
    _mix("de", PHONE, large=True),
    _mix("en", PHONE, keyboard=True, large=True),
    _mix("en", DESK),
    _mix("de", DESK, keyboard=True),
    _mix("fr", DESK, large=True, keyboard=True, scripts=False),
    _mix("nl", DESK, scripts=False, keyboard=True),
)


def mixes() -> tuple[Mix, ...]:
    """The ways in which the story is told in this run."""
    return _every() if EVERY else SPREAD


def _every() -> tuple[Mix, ...]:
    both = (False, True)
    return tuple(
        _mix(language, window, scripts=scripts, large=large, keyboard=keyboard)
        for language, window, scripts, large, keyboard in product(LANGUAGES, (PHONE, DESK), both, both, both)
    )
