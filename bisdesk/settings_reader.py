"""Reads settings one by one from names and texts, and collects what is wrong, so that a person hears all of it at once.

It does not know what the settings are for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "BISDESK_"
SECRETS = ("SECRET_KEY", "DATA_KEY", "AUDIT_KEY")
FROM_FILES = (*SECRETS, "DATABASE_URL", "SMTP_URL", "SMS_URL", "SMS_OLD_TOKEN", "REGISTER_URL", "OIDC_CLIENT_SECRET")
RATE = re.compile(r"\d{1,4}(\.\d{1,3})?")
LEAST_RATE, MOST_RATE = 0.01, 1000


@dataclass(slots=True)
class Reader:
    """Reads one name after the other and collects what is wrong."""

    given: Mapping[str, str] = field(repr=False)
    wrong: list[str] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        """The value, from its file where `*_FILE` names one."""
        path = self.given.get(f"{name}_FILE") if name in FROM_FILES else None
        if not path:
            return self.given.get(name, "").strip() or default
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self.wrong.append(f"{PREFIX}{name}_FILE names a file that cannot be read: mend its path or its mode.")
            return default

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        text = self.given.get(name, "").strip()
        if not text:
            return default
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        self.wrong.append(f"{PREFIX}{name} must be a whole number from {least} to {most}.")
        return default

    def rate(self, name: str) -> float:
        """So many a second; 0 is no limit."""
        text = self.given.get(name, "").strip() or "0"
        if RATE.fullmatch(text) and (float(text) == 0 or LEAST_RATE <= float(text) <= MOST_RATE):
            return float(text)
        self.wrong.append(f"{PREFIX}{name} must be a number from {LEAST_RATE} to {MOST_RATE}, such as 0.5, or 0.")
        return 0

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        text = self.given.get(name, "").strip() or default
        if text in choices:
            return text
        self.wrong.append(f"{PREFIX}{name} must be one of {', '.join(choices)}.")
        return default

    def words(self, name: str, default: str = "") -> tuple[str, ...]:
        """Words between commas."""
        return tuple(word.strip() for word in self.text(name, default).split(",") if word.strip())
