"""One part of the proof: an installation, two faulty providers, workers that die, and a clock that runs until all is quiet.

Run as a program it takes its order from the command line and prints what it found as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from time import monotonic
from uuid import UUID

from bisdesk.asgi import web_app
from bisdesk.seed import seed
from store.schema import upgrade
from tests.builders import START
from tests.proof import people
from tests.proof.faults import DEATHS, Dice
from tests.proof.journal import Journal, Now
from tests.proof.judge import Evidence, Found, judged
from tests.proof.mail_provider import MailProvider
from tests.proof.place import Place, Proven, in_memory, quiet
from tests.proof.reading import Database
from tests.proof.receipts import Receipts
from tests.proof.sms_provider import SmsProvider
from tests.proof.worker import Workers
from tests.support.twilio_server import serving

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WAVE, BETWEEN_WAVES = 40, 10 * MINUTE
PER_ACTIVATION = 8.0  # messages that a life leads to on the average
FAULTS_UNTIL, ENDS = 60 * DAY, 100 * DAY  # then everything works; then everything is over
RENEWED_ON, ACTIVATED_ON = 16 * DAY, 4 * DAY
RENEWED_SHARE, ACTIVATED_SHARE = 0.4, 0.35
MOST_TICKS = 20_000
PATIENT_S = 30.0


@dataclass(frozen=True, slots=True)
class Order:
    """What a part is to do."""

    seed: str
    messages: int
    url: str = ""  # none: SQLite in a folder of its own
    workers: int = 1
    share: float = 0.05
    start: float = 0.0  # where in the kinds of faults it begins
    dying: float = 0.0  # the share of ticks that are killed at a random moment
    window: float = 0.0  # the share of accepted messages at which a worker is killed before it can be told


@dataclass
class Part:
    """One part while it runs."""

    order: Order
    database: Database
    app: Proven
    now: Now
    journal: Journal
    dice: Dice
    sms: SmsProvider
    workers: Workers
    receipts: Receipts
    killed: set[int] = field(default_factory=set)
    cases: list[tuple[str, UUID]] = field(default_factory=list)
    ticks: int = 0
    deaths: int = 0

    def run(self) -> None:
        """From the first wave to the last silence."""
        acts = self._acts()
        planned = next(acts, None)
        while self.now.at < START + ENDS:
            while planned is not None and planned[0] <= self.now.at:
                planned[1]()
                planned = next(acts, None)
            self.receipts.bring_due()
            self._tick()
            self._move_on(planned[0] if planned else None)
            if self.now.at >= START + FAULTS_UNTIL:
                self.dice.share = 0.0
            assert self.ticks < MOST_TICKS, "the run never came to rest"

    def _tick(self) -> None:
        self.ticks += 1
        self.now.tick = self.ticks
        self.workers.dying = self.order.dying if self.dice.share else 0.0
        struck = self.deaths_by_strike()
        died = self.workers.tick(self.now.at)
        self.deaths += died
        for _ in range(died - (self.deaths_by_strike() - struck)):
            self.dice.note(DEATHS[0])
        if died:
            self.killed.add(self.ticks)

    def deaths_by_strike(self) -> int:
        """How many workers died at a named moment."""
        return sum(self.dice.met[kind] for kind in DEATHS[1:])

    def strike(self, kind: str) -> None:
        """Perhaps kill a worker now that a provider has taken something and not yet said so."""
        if self.order.window and self.dice.chance(self.order.window) and self.workers.strike():
            self.dice.note(kind)

    def _move_on(self, planned: datetime | None) -> None:
        """To the next instant at which anything can happen, a minute at least."""
        following = [at for at in (planned, self.receipts.next_at(), self.database.next_instant()) if at is not None]
        self.now.at = max(self.now.at + MINUTE, min(following, default=START + ENDS))
        self.app.put(self.now.at)

    def _acts(self) -> Iterator[tuple[datetime, Callable[[], object]]]:
        """What people do, in the order of time."""
        random = Random(f"{self.order.seed} people")
        count = max(1, round(self.order.messages / PER_ACTIVATION))
        for wave, first in enumerate(range(0, count, WAVE)):
            numbers = range(first, min(first + WAVE, count))
            yield START + wave * BETWEEN_WAVES, lambda numbers=numbers: self._issue(numbers)
        for offset, share, act in (
            (ACTIVATED_ON, ACTIVATED_SHARE, self._activate),
            (RENEWED_ON, RENEWED_SHARE, self._renew),
        ):
            for number in sorted(random.sample(range(count), round(count * share))):
                yield START + offset + number * MINUTE / 4, lambda number=number, act=act: act(number)

    def _issue(self, numbers: range) -> None:
        self.cases += people.issued(self.app, numbers)

    def _renew(self, number: int) -> None:
        people.renew(self.app, self.cases[number][0])

    def _activate(self, number: int) -> None:
        ref, case_id = self.cases[number]
        with self.app.unit_of_work() as uow:
            codes = [str(row.message.id) for row in uow.outbox.of_case(case_id) if row.message.kind == "M3"]
        people.activate(self.app, self.journal, ref, code_of=codes)


@contextmanager
def part(order: Order) -> Iterator[Part]:
    """Everything that one part needs, furnished."""
    with in_memory() as folder, serving(SmsProvider()) as sms:
        place = Place(order.url or f"sqlite:///{folder}/home/bisdesk.db", folder / "home")
        now, dice = Now(START), Dice(order.seed, order.share, start=order.start)
        journal = Journal(now)
        mail = MailProvider(journal, dice)
        mail.start()
        place = replace(place, smtp=mail.url, sms=sms.url())
        app = _furnished(place)
        workers = Workers(place, order.workers, order.seed)
        receipts = Receipts(now, dice, web_app(app, answer_s=PATIENT_S))
        running = Part(order, Database(place.url), app, now, journal, dice, sms, workers, receipts)
        sms.world, sms.journal, sms.dice, sms.told = now, journal, dice, receipts.plan
        mail.taken, sms.died = (partial(running.strike, kind) for kind in DEATHS[1:])
        try:
            yield running
        finally:
            workers.stop()
            mail.stop()
            running.database.close()
            app.store.dispose()


def _furnished(place: Place) -> Proven:
    upgrade(place.url)
    app = place.app(START, pooled=True)
    seed(app, START)
    people.found_entities(app)
    return app


def found_in(running: Part) -> Found:
    """What a part came to."""
    evidence = Evidence(running.journal.copies, frozenset(running.killed), running.sms.told_of())
    found = judged(running.database, evidence)
    found.ticks, found.days = running.ticks, (running.now.at - START) / DAY
    found.deaths = running.deaths
    found.met, found.thrown = dict(running.dice.met), dict(running.dice.thrown)
    for kind, answers in running.receipts.answers.items():
        found.receipts[kind] = {str(status): count for status, count in answers.items()}
        wanted = {403} if kind.startswith("forged") else {204}
        if set(answers) != wanted:
            found.misjudged.append(f"{kind}: {answers}")
    return found


def main(words: list[str]) -> int:
    """Run one part."""
    quiet()
    order = Order(**json.loads(words[0]))
    began = monotonic()
    with part(order) as running:
        running.run()
        found = found_in(running)
    found.seconds = monotonic() - began
    print(json.dumps(asdict(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
