"""One tick: fire what is due, ask the register, send what is owed, until nothing due is left or it has done enough.

Time never runs backwards here: a clock behind the highest instant that a tick has seen is raised to it (design 7), and one
that lies a little behind the command that owes a message is raised to that command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bisdesk.bootstrap import Installation
from bisdesk.canary import walk
from bisdesk.fencing import stand_of
from bisdesk.mailroom import read_maildir
from registers.caller import call_due
from workflow.fence import Standing
from workflow.outbox import Channel
from workflow.timers import fire_due

PARTS = ("timers", "registers", "outbox", "receipts", "retention")
HEARTBEAT = "canary"  # a part only where somebody stands in for its person
SENDING = frozenset({"registers", "outbox"})
ROUNDS = 25  # each round can only follow from the one before: answer, message, outcome, timer
USES_KEPT = timedelta(days=2)  # no limit looks back further than a day
SUPPRESSIONS_KEPT = timedelta(days=365)  # a keyed digest; after a year somebody else may have the address
LEEWAY = timedelta(minutes=1)  # two processes never read quite the same clock: so far apart is no fault
SENT_BY_ITSELF = frozenset({Channel.EMAIL, Channel.SMS})
STRAYS_KEPT = timedelta(days=30)  # long enough to look into them
Progress = Callable[[str, int], None]


@dataclass(slots=True)
class Ticked:
    """What a tick did."""

    now: datetime
    done: dict[str, int] = field(default_factory=dict)
    stopped_early: bool = False
    raised_by: timedelta = timedelta()  # how far the clock lay behind the mark
    spent: frozenset[Channel] = frozenset()  # channels whose rate was used up before everything had left
    latest: timedelta = timedelta()  # the longest delay of a timer that fired
    standing: Standing = Standing.OPEN  # of the database to its journal, when the tick began

    def add(self, part: str, count: int) -> int:
        """Count what one part did."""
        self.done[part] = self.done.get(part, 0) + count
        return count


def parts_of(app: Installation) -> tuple[str, ...]:
    """Everything that a tick of this installation does; the heartbeat comes last, after what may move it on."""
    return (*PARTS, HEARTBEAT) if app.settings.canary else PARTS


def tick(app: Installation, parts: tuple[str, ...], *, progress: Progress | None = None) -> Ticked:
    """Run the parts again and again until a whole round finds nothing to do."""
    now, behind = instant_of_tick(app)
    ticked = Ticked(now, dict.fromkeys(parts, 0), raised_by=behind)
    if SENDING & set(parts):
        ticked.standing = stand_of(app).standing
    for _ in range(ROUNDS):
        if not sum(_run(app, part, ticked, progress) for part in parts):
            return ticked
    ticked.stopped_early = True
    return ticked


def instant_of_tick(app: Installation) -> tuple[datetime, timedelta]:
    """The clock's instant, never before the highest one seen; and how far it lay behind, where that is a fault."""
    clock = app.clock.now()
    with app.unit_of_work() as uow:
        mark, owed = uow.marks.high_water(), uow.outbox.latest_owed(upto=clock + LEEWAY)
        now = max(clock, mark or clock, owed or clock)
        if mark is None or now > mark:
            uow.marks.raise_to(now)
            uow.commit()
    behind = now - clock
    return now, behind if behind > LEEWAY else timedelta()


def _run(app: Installation, part: str, ticked: Ticked, progress: Progress | None) -> int:
    if progress:
        progress(part, ticked.done.get(part, 0))
    match part:
        case "timers":
            swept = fire_due(app.unit_of_work, now=ticked.now, tools=app.tools)
            ticked.latest = max(ticked.latest, swept.latest)
            return ticked.add(part, swept.fired)
        case "registers":
            return ticked.add(part, _ask_register(app, ticked.now))
        case "outbox":
            return ticked.add(part, _send(app, ticked))
        case "receipts":
            asked = app.poller.ask_due(ticked.now).asked
            return ticked.add(part, _rescue(app, ticked.now) + asked + read_maildir(app, ticked.now))
        case "canary":
            return ticked.add(part, int(walk(app, ticked.now)))
        case _:
            return ticked.add(part, _retain(app, ticked.now))


def _ask_register(app: Installation, now: datetime) -> int:
    return call_due(app.unit_of_work, app.register, now=now, mint=app.mint, answered=app.answered, fence=app.fence)


def _send(app: Installation, ticked: Ticked) -> int:
    """Close what came too late, then send what is due."""
    with app.unit_of_work() as uow:
        closed = len(uow.outbox.overdue(now=ticked.now))
        uow.commit()
    sent = app.dispatcher.drain(ticked.now)
    ticked.spent |= sent.spent
    return closed + sent.claimed


def _rescue(app: Installation, now: datetime) -> int:
    """Free the rows of workers that died: what had begun has no outcome and is told apart from what had not."""
    with app.unit_of_work() as uow:
        freed = uow.outbox.rescue(now=now)
        uow.commit()
    return freed


def _retain(app: Installation, now: datetime) -> int:
    """Erase what nobody can need any more: secrets, strange receipts, old lines of the journal, what limits remember."""
    with app.unit_of_work() as uow:
        gone = uow.outbox.erase_secrets(now=now) + uow.receipts.drop_strays(before=now - STRAYS_KEPT)
        uow.quotas.drop(before=now - USES_KEPT)
        uow.sessions.drop_over(now=now)
        uow.officer_sessions.drop_over(now=now)
        uow.kept_forms.drop_over(now=now)
        uow.suppressions.drop(before=now - SUPPRESSIONS_KEPT)
        app.fence.forget(uow, now=now)
        uow.commit()
    return gone
