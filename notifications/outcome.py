"""What one attempt to hand a message over came to, in the few words that decide what happens next.

It knows no provider: each transport translates its own errors; `code` is stable and never carries the provider's text (I6).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message over; whether it arrives, a receipt will tell."""

    provider_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will never take this message for this recipient; `nobody` says that nobody ever will be there."""

    code: str
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class Transient:
    """Not taken now; the same message may be taken later."""

    code: str


@dataclass(frozen=True, slots=True)
class Down:
    """The provider cannot be reached or used at all, for any message: no attempt took place."""

    code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The message was on its way when the answer was lost: nobody knows."""

    code: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Answer to a look-up only: the provider holds no such message."""


Outcome = Accepted | Refused | Transient | Down | Unknown
LookedUp = Accepted | Absent | Down | Unknown  # Unknown: this provider cannot tell
