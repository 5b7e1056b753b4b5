"""The numbers that are ours to set (marked REC in the handbook), frozen into every running case as instants.

The numbers that the source states (14, 30, 3, one month) are no settings: they stand as constants in the lifecycle files.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """Days and counts of domain B3b that are REC; part of every definition's hash."""

    draft_idle_days: int = 30
    info_days: int = 14
    queue_alert_working_days: int = 2
    setup_idle_days: int = 90
    setup_reminder_days: int = 14
    key_reminder_days: int = 30
    max_code_reissues: int = 2
    register_retries: int = 5
    reminder_days: tuple[int, ...] = (7, 12)  # after the issue of a link, at most two
    last_reminder_days: int = 3  # before the last day of the activation

    def number(self, name: str) -> int:
        """The value of a setting by its name. Raises: KeyError for a name that is none."""
        return int(asdict(self)[name])


DEFAULT = Policy()
