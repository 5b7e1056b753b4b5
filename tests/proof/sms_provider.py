"""Twilio for the proof: it fails as the dice fall, lists late, and decides the fate of each message that it takes.

What it tells of a message, when asked or by receipts, follows from that fate and from the instant of the run alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.proof import faults
from tests.proof.faults import CREATE_FAULTS, FATES, FETCH_FAULTS, LIST_FAULTS, Dice
from tests.proof.journal import Journal, Now
from tests.support.twilio_server import (
    CREATE,
    DEAD,
    DEAF,
    GARBLED,
    LIST,
    LOST,
    NONSENSE,
    SLOW,
    Fails,
    Form,
    Message,
    TwilioServer,
)  # fmt: skip

SECOND = timedelta(seconds=1)
STEPS = (("queued", 0), ("sending", 2), ("sent", 5), (None, 20))  # seconds after it was taken; the last is its fate
LATE = timedelta(minutes=20)  # the longest that the list lies behind
LATE_SHARE = 0.05
ASKED_SHARE = 0.25  # of questions, which are rare: an answer that was lost, a receipt that never came


@dataclass(frozen=True, slots=True)
class Fate:
    """How a message ends."""

    status: str = "delivered"
    error: int | None = None


@dataclass
class SmsProvider(TwilioServer):
    """The server, with dice."""

    world: Now = field(default_factory=lambda: Now(datetime.min))
    journal: Journal | None = None
    dice: Dice = field(default_factory=lambda: Dice("", 0))
    told: Callable[[Message, Fate], None] = lambda message, fate: None
    died: Callable[[], None] = lambda: None
    fates: dict[str, Fate] = field(default_factory=dict)
    by_sid: dict[str, Message] = field(default_factory=dict)
    by_number: dict[str, list[Message]] = field(default_factory=dict)
    listed_from: dict[str, datetime] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)  # the fault of each request under way

    def now(self) -> datetime:
        """The instant of the run."""
        return self.world.at

    def step(self, asked: str, form: Form) -> Fails | str | None:
        """What goes wrong with this request."""
        if asked == CREATE:
            kind = self.dice.fault(CREATE_FAULTS, at="SMS")
            self.kinds[id(form)] = kind or ""
            return _created(kind) if kind else None
        kinds, at = (LIST_FAULTS, "questions of a list") if asked == LIST else (FETCH_FAULTS, "questions of a status")
        kind = self.dice.fault(kinds, at=at, share=ASKED_SHARE)
        return _asked(kind) if kind else None

    def take(self, form: Form) -> Message:
        """Take a message over; what becomes of it is decided now."""
        message = super().take(form)
        kind = self.kinds.pop(id(form), "") or None
        fate = self.dice.fault(FATES, at="SMS taken")
        self.fates[message.sid] = Fate() if fate is None else _fate(fate)
        self.by_sid[message.sid] = message
        self.by_number.setdefault(message.to, []).append(message)
        self.listed_from[message.sid] = message.created
        if self.dice.fault((faults.LISTS_LATE,), at="SMS taken", share=LATE_SHARE):
            self.listed_from[message.sid] += SECOND * self.dice.between(150, LATE.total_seconds())
        name, _, attempt = form["StatusCallback"].rpartition("/")[2].rpartition("-")
        assert self.journal is not None
        self.journal.take(name, form["Body"].encode(), fault=kind, attempt=int(attempt), text=form["Body"])
        self.told(message, self.fates[message.sid])
        self.died()
        return message

    def sent_to(self, number: str | None) -> list[Message]:
        """What is listed by now, newest first."""
        known = self.by_number.get(number or "", [])
        return [self.standing(one) for one in reversed(known) if self.listed_from[one.sid] <= self.world.at]

    def one(self, sid: str) -> Message | None:
        """One message as it stands."""
        found = self.by_sid.get(sid)
        return found and self.standing(found)

    def told_of(self) -> dict[str, tuple[str, ...]]:
        """How the copies of each message of ours ended."""
        told: dict[str, tuple[str, ...]] = {}
        for message in self.messages:
            name = message.form["StatusCallback"].rpartition("/")[2].rpartition("-")[0]
            told[name] = (*told.get(name, ()), self.fates[message.sid].status)
        return told

    def standing(self, message: Message) -> Message:
        """The message as it stands at this instant."""
        fate = self.fates[message.sid]
        passed = (self.world.at - message.created).total_seconds()
        reached = [status or fate.status for status, after in STEPS if after <= passed]
        message.status = reached[-1]
        message.error_code = fate.error if len(reached) == len(STEPS) else None
        return message


def _created(kind: str) -> Fails | str:
    status, _, number = kind.partition(" with ")
    if number:
        return Fails(int(status), int(number))
    quiet = {
        "cut before": DEAD, "cut after": LOST, "silent before": DEAF, "silent after": SLOW,
        "sense lost before": NONSENSE, "sense lost after": GARBLED,
    }  # fmt: skip
    return quiet.get(kind) or Fails(int(kind[:3]), taken=kind.endswith(" after"))


def _asked(kind: str) -> Fails | str:
    what = kind.partition(": ")[2]
    return {"cut": DEAD, "sense lost": NONSENSE}.get(what) or Fails(int(what), 20404 if what == "404" else None)


def _fate(kind: str) -> Fate:
    if kind == "never more than sent":
        return Fate("sent")
    status, _, error = kind.partition(" ")
    return Fate(status, int(error))
