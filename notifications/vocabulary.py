"""The words with a fixed meaning that rows of the outbox carry; every one of them has a text in each language.

It knows nothing of those texts.
"""

from __future__ import annotations

from enum import StrEnum

from workflow.registrations import REASONS

END_REASONS = frozenset(
    {*REASONS["withdraw"], *REASONS["reject"], *REASONS["require_recreate"], *REASONS["check_failed"], "resident"}
)
CANCEL_REASONS = frozenset({*REASONS["cancel"], "not_finished", "superseded"})


class Again(StrEnum):
    """Why a link goes out: for the first time, once more, or to a corrected address (B2-1, B2-9b, B2-3b)."""

    FIRST = "first"
    AGAIN = "again"
    CORRECTED = "corrected"


class Origin(StrEnum):
    """How a request was completed (B1-14, B1-17, B1-21b)."""

    CREATED = "created"
    EXISTING = "existing"
    PROFILE_EXISTS = "profile_exists"


class Outcome(StrEnum):
    """How a request ended without a number."""

    STOPPED = "stopped"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Rule(StrEnum):
    """Which of the two rules of 3.36 blocked an activation."""

    ATTEMPTS = "attempts"
    TIME = "time"


class DeskProblem(StrEnum):
    """What the service desk has to look at (M10)."""

    DELIVERY = "delivery"
    ISSUING_STUCK = "issuing_stuck"
    WAITING = "waiting"
    MATCH_REVIEW = "match_review"
    INCONSISTENT_NUMBER = "inconsistent_number"
    REGISTER_DOWN = "register_down"
    REGISTER_REFUSED = "register_refused"
    KSZ_CORRECTION = "ksz_correction"
    NOTICE = "notice"
    NOT_ME = "not_me"


class KeyChange(StrEnum):
    """What happened to a key (B2-12, B2-13), or to all: blocked after "that was not me", no longer so (F59), guessed at."""

    ADDED = "added"
    REMOVED = "removed"
    FROZEN = "frozen"
    UNFROZEN = "unfrozen"
    GUESSED = "guessed"


class OtpPurpose(StrEnum):
    """What a one-time code is for (B2-11, B2-11b, B2-13)."""

    KEY = "key"
    RESUME = "resume"
    SIGN_IN = "sign_in"
