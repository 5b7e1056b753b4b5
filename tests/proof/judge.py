"""Holds the outbox to what the providers took over: nothing lost, no copy without a reason, all copies alike, nothing too late.

It knows the fault of every exchange and the death of every worker, but believes no word of the outbox without a journal.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.proof.faults import MAIL_HELD, SMS_HELD
from tests.proof.journal import Copy
from tests.proof.reading import Database
from workflow.effects import CancelMessages
from workflow.lifecycles.activation import ROWS

TOOK = ("accepted", "delivered", "undelivered", "bounced")
ENDED = ("failed", "parked", "cancelled")
AT_REST = (*TOOK, *ENDED)
OPEN_ENDED = ("unknown", "sending")
CODE = re.compile(r"#([A-Z0-9]{20})")


@dataclass
class Found:
    """What one part came to; the lists are of message ids and must be empty."""

    messages: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    by_state: dict[str, int] = field(default_factory=dict)
    by_reason: dict[str, int] = field(default_factory=dict)
    copies: int = 0
    second_copies: dict[str, int] = field(default_factory=dict)  # by channel and reason
    attempts: int = 0
    deaths: int = 0
    ticks: int = 0
    days: float = 0.0
    seconds: float = 0.0
    thrown: dict[str, int] = field(default_factory=dict)
    met: dict[str, int] = field(default_factory=dict)
    receipts: dict[str, dict[str, int]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    not_at_rest: list[str] = field(default_factory=list)
    without_reason: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    codes_differ: list[str] = field(default_factory=list)
    too_late: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)  # a state that the provider contradicts
    strangers: list[str] = field(default_factory=list)  # copies of what was never owed
    misjudged: list[str] = field(default_factory=list)  # receipts that were forged and believed, or genuine and refused

    def problems(self) -> dict[str, list[str]]:
        """What must not be."""
        names = (
            "lost", "not_at_rest", "without_reason", "unexplained", "different", "codes_differ", "too_late", "untrue",
            "strangers", "misjudged",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is held against what."""

    copies: Mapping[str, Sequence[Copy]]
    killed: frozenset[int]
    fates: Mapping[str, tuple[str, ...]]  # of an SMS, by message: how its copies ended with the provider


def judged(database: Database, evidence: Evidence) -> Found:
    """Everything that can be said of one part."""
    found = Found()
    rows = database.messages()
    attempts: dict[UUID, list[Any]] = defaultdict(list)
    for attempt in database.attempts():
        attempts[attempt.message_id].append(attempt)
    over = _cancelled_by(database)
    for row in rows:
        copies = evidence.copies.get(str(row.id), ())
        _rest(found, row, copies, over=over)
        _alike(found, row, copies)
        _copies(found, row, copies, attempts=attempts[row.id], evidence=evidence)
        _true(found, row, evidence)
    _codes(found, rows, evidence)
    known = {str(row.id) for row in rows}
    found.strangers = sorted(set(evidence.copies) - known)
    found.messages, found.attempts = len(rows), sum(map(len, attempts.values()))
    found.by_kind = dict(Counter(f"{row.kind} {row.audience} {row.channel}" for row in rows))
    found.by_state = dict(Counter(row.state for row in rows))
    found.copies = sum(map(len, evidence.copies.values()))
    return found


def _rest(found: Found, row: Any, copies: Sequence[Copy], *, over: Mapping[UUID, list[tuple[int, Any]]]) -> None:
    """At rest; what the outbox says was taken was taken, and what was not has a reason."""
    name = f"{row.id} {row.kind} {row.state} {row.error}"
    if row.state not in AT_REST:
        found.not_at_rest.append(name)
    elif row.state in TOOK and not copies:
        found.lost.append(name)
    elif row.state in ENDED:
        reason = _reason(row, over)
        if reason is None:
            found.without_reason.append(name)
        else:
            taken = "taken all the same" if copies else "never taken"
            label = f"{row.channel} {row.state}: {reason}, {taken}"
            found.by_reason[label] = found.by_reason.get(label, 0) + 1


def _reason(row: Any, over: Mapping[UUID, list[tuple[int, Any]]]) -> str | None:
    """Why a row was never sent, in a word that a person can be told."""
    if row.state != "cancelled":
        return row.error  # type: ignore[no-any-return]
    later = [kinds for sequence, kinds in over[row.case_id] if sequence > row.sequence]
    if any(kinds is None or row.kind in kinds for kinds in later):
        return "no longer true"
    return row.error or ("its last moment passed" if row.send_before is not None else None)


def _cancelled_by(database: Database) -> dict[UUID, list[tuple[int, Any]]]:
    """For each case the events that cancel messages, with the kinds; none: all."""
    found: dict[UUID, list[tuple[int, Any]]] = defaultdict(list)
    for event in database.events():
        for row in ROWS:
            if row.on == event.trigger and (row.to is None or row.to == event.to_state):
                for effect in row.then:
                    if isinstance(effect, CancelMessages):
                        kinds = {str(kind) for kind in effect.kinds} or None
                        found[event.case_id].append((event.sequence, kinds))
    return found


def _alike(found: Found, row: Any, copies: Sequence[Copy]) -> None:
    """All copies are one and the same, and what was pinned is what left; none left at its last moment or after."""
    digests = {copy.digest for copy in copies}
    if len(digests) > 1 or (row.channel == "sms" and digests - {row.body_digest}):
        found.different.append(f"{row.id} {row.kind}")
    if row.send_before is not None and any(copy.at >= row.send_before for copy in copies):
        found.too_late.append(f"{row.id} {row.kind}")


def _copies(found: Found, row: Any, copies: Sequence[Copy], *, attempts: Sequence[Any], evidence: Evidence) -> None:
    """Every copy but the last must have been followed by a death, or by an attempt whose outcome nobody knew."""
    unknown = sum(attempt.state in OPEN_ENDED or attempt.ended_at is None for attempt in attempts)
    if row.channel == "email" and unknown < len(copies) - 1:
        found.unexplained.append(f"{row.id} {row.kind}: {len(copies)} copies, {unknown} attempts without an outcome")
    for copy in copies[:-1]:
        if copy.fault in MAIL_HELD or copy.fault in SMS_HELD:
            reason = "an answer was lost"
        elif copy.tick in evidence.killed:
            reason = "a worker died"
        elif unknown:
            reason = "an answer came too late"
        else:
            found.unexplained.append(f"{row.id} {row.kind} {copy.fault}")
            continue
        label = f"{row.channel}: {reason}"
        found.second_copies[label] = found.second_copies.get(label, 0) + 1


def _true(found: Found, row: Any, evidence: Evidence) -> None:
    """What the outbox says of an SMS is what the provider says, whatever was forged."""
    fates = evidence.fates.get(str(row.id), ())
    if row.channel == "sms" and (
        (row.state == "delivered" and "delivered" not in fates)
        or (row.state == "undelivered" and not {"undelivered", "failed"} & set(fates))
    ):
        found.untrue.append(f"{row.id} {row.kind} {row.state} {fates}")


def _codes(found: Found, rows: Sequence[Any], evidence: Evidence) -> None:
    """One activation, one code: a repeat of M3 carries the code of the first, unless both were minted anew."""
    codes: dict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        if row.kind == "M3":
            texts = (copy.text for copy in evidence.copies.get(str(row.id), ()))
            codes[row.case_id] |= {code for text in texts for code in CODE.findall(text)}
    found.codes_differ = [str(case_id) for case_id, known in codes.items() if len(known) > 1]
