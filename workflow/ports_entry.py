"""What leads a person into their own activation, as frozen values, and the ports that keep them: links of messages, sessions.

Only keyed digests are kept; what a link or a session is worth is judged by the use cases.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class LinkPurpose(StrEnum):
    """What a link of a message is for; a digest of one purpose never passes for another."""

    ACTIVATION = "link"  # M1, M8: with the code it activates the profile
    RESUME = "resume"  # M13: with the code of the SMS it goes on with an unfinished set-up
    NOT_ME = "not_me"  # M11: it freezes


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was sent, also when a newer one has replaced it: its page must say so (A4)."""

    digest: bytes = field(repr=False)
    case_id: UUID
    purpose: LinkPurpose
    issued_at: datetime


class Stage(StrEnum):
    """How far somebody has proved to be the person."""

    SETTING_UP = "setting_up"  # link and code
    PASSWORD_GIVEN = "password_given"  # user name and password; a key is still to come
    SIGNED_IN = "signed_in"  # a key as well


@dataclass(frozen=True, slots=True)
class Session:
    """One browser at one stage of one activation; the number in its cookie is kept as a digest only."""

    digest: bytes = field(repr=False)
    case_id: UUID
    stage: Stage
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime  # first instant at which it no longer counts, however busy it is


class Links(Protocol):
    """Links that were sent; they go with the person of their case (B1-23)."""

    def add(self, link: Link) -> None:
        """Keep one more."""

    def find(self, digests: tuple[bytes, ...]) -> Link | None:
        """The link with one of these digests, or None."""

    def newest(self, case_id: UUID, purpose: LinkPurpose) -> Link | None:
        """The link that was sent last, or None."""


class Sessions(Protocol):
    """Sessions of browsers; they too go with the person of their case."""

    def put(self, session: Session) -> None:
        """Write one or replace it."""

    def get(self, digest: bytes) -> Session | None:
        """One session, or None."""

    def seen(self, digest: bytes, *, now: datetime) -> None:
        """Note that its browser is still there, if it has not been ended meanwhile."""

    def drop(self, digest: bytes) -> None:
        """End one."""

    def drop_of(self, case_id: UUID) -> None:
        """End all of a case."""

    def drop_over(self, *, now: datetime) -> int:
        """Forget those that are over; how many."""
