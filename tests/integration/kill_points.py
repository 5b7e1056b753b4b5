"""What a process does that is killed: a stretch of work through the product's doors, and SIGKILL from itself at the n-th point.

A point stands before every statement that writes, before and after every commit, and around everything that leaves the
machine. To die before a read is to die at the point before it.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from sqlite3 import Connection as Sqlite
from typing import Any, cast

import psycopg
from psycopg.abc import Params, Query
from sqlalchemy import Pool, event

from bisdesk.chance import SystemChance
from bisdesk.clock import VirtualClock
from bisdesk.settings import read_settings
from notifications.dispatcher import Dispatcher
from notifications.envelopes import Mail, MailSession, MailTransport, Sms, SmsTransport
from notifications.outcome import Down, LookedUp, Outcome
from registers.caller import call_due
from store.hashing import Hasher
from tests.integration.race_world import BART, Place, Shared
from tests.support.watched import append_line
from workflow import activations, registrations
from workflow.codes import Minted, mint
from workflow.identity_register import IdentityRegister, RegisterAnswer, RegisterPerson
from workflow.model import Actor
from workflow.outbox import Receipt
from workflow.ports import UnitOfWork
from workflow.timers import fire_due

COMMIT, COMMITTED, ACKNOWLEDGED = "commit", "committed", "acknowledged"
MAIL_OFFERED, MAIL_TAKEN, SMS_OFFERED, SMS_TAKEN = "mail offered", "mail taken", "sms offered", "sms taken"
LOOKED_UP, SEARCH_OFFERED, SEARCHED = "looked up", "search offered", "searched"
CREATION_OFFERED, CREATED = "creation offered", "created"
DOOMED = "doomed"  # how a database server knows a process that will die
_STATEMENT = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM|WITH)\b\s*(\w*)")


@dataclass(slots=True)
class Reaper:
    """Writes down every point that a process comes to, and kills it at the n-th; at none where `at` is None."""

    trail: Path
    at: int | None = None
    passed: int = 0

    def point(self, name: str) -> None:
        """Come to a point."""
        append_line(self.trail, name)
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, sql: str) -> None:
        """Come to a statement; one that writes nothing is no point."""
        if said := _STATEMENT.match(sql):
            self.point(" ".join(said.groups()))

    def watch(self) -> None:
        """See every statement of this process where its database driver sends it."""

        def connected(connection: Any, _: object) -> None:
            if isinstance(connection, Sqlite):
                connection.set_trace_callback(self.statement)
            else:
                connection.cursor_factory = partial(_WatchedCursor, said=self.statement)

        event.listen(Pool, "connect", connected)


class _WatchedCursor(psycopg.Cursor[Any]):
    """A cursor of PostgreSQL that says what it is about to send."""

    def __init__(self, connection: psycopg.Connection[Any], *, said: Callable[[str], None], **how: Any) -> None:
        super().__init__(connection, **how)
        self._said = said

    def execute(self, query: Query, params: Params | None = None, **how: Any) -> _WatchedCursor:
        self._said(str(query))
        return super().execute(query, params, **how)

    def executemany(self, query: Query, params_seq: Iterable[Params], **how: Any) -> None:
        self._said(str(query))
        super().executemany(query, params_seq, **how)


@dataclass(frozen=True)
class Mortal(Shared):
    """A shared installation that comes to the points of its reaper; its codes cost nothing."""

    reaper: Reaper | None = None

    @property
    def point(self) -> Callable[[str], None]:
        """Come to a point."""
        assert self.reaper is not None
        return self.reaper.point

    @cached_property
    def secrets(self) -> Hasher:
        """One whose hashes cost nothing."""
        return Hasher(self.keyring, cheap=True)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """The shared one, with points around what its providers take."""
        real = super().dispatcher
        mail, sms = MortalMail(real.mail_transport, self.point), MortalSms(real.sms_transport, self.point)
        return replace(real, mail_transport=mail, sms_transport=sms)

    @cached_property
    def register(self) -> IdentityRegister:
        """The simulator, with points around its answers."""
        return MortalRegister(super().register, self.point)

    def unit_of_work(self) -> UnitOfWork:
        """A fresh transaction with points around its commits."""
        return cast(UnitOfWork, MortalUnit(super().unit_of_work(), self.point))

    def mint(self, now: datetime) -> Minted:
        """A fresh link and code that cost nothing."""
        return mint(self.chance.uuid(now), now=now, chance=self.chance, secrets=self.tools.secrets)


class MortalUnit:
    """A unit of work with a point on either side of each commit."""

    def __init__(self, real: UnitOfWork, point: Callable[[str], None]) -> None:
        self._real, self._point = real, point

    def __enter__(self) -> MortalUnit:
        self._real.__enter__()
        return self

    def __exit__(self, *told: Any) -> None:
        self._real.__exit__(*told)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def commit(self) -> None:
        """As the real one."""
        self._point(COMMIT)
        self._real.commit()
        self._point(COMMITTED)


@dataclass(frozen=True, slots=True)
class MortalMail:
    """A mail provider with a point before and after it takes a mail."""

    real: MailTransport
    point: Callable[[str], None]

    @asynccontextmanager
    async def session(self) -> AsyncIterator[MailSession]:
        """As the real one."""
        async with self.real.session() as session:
            yield _MortalSession(session, self.point)


@dataclass(frozen=True, slots=True)
class _MortalSession:
    real: MailSession
    point: Callable[[str], None]

    async def send(self, mail: Mail) -> Outcome:
        self.point(MAIL_OFFERED)
        outcome = await self.real.send(mail)
        self.point(MAIL_TAKEN)
        return outcome


@dataclass(frozen=True, slots=True)
class MortalSms:
    """An SMS provider with a point before and after it takes an SMS."""

    real: SmsTransport
    point: Callable[[str], None]

    def send(self, sms: Sms) -> Outcome:
        """As the real one."""
        self.point(SMS_OFFERED)
        outcome = self.real.send(sms)
        self.point(SMS_TAKEN)
        return outcome

    def lookup(self, sms: Sms, *, since: datetime) -> LookedUp:
        """As the real one."""
        self.point(LOOKED_UP)
        return self.real.lookup(sms, since=since)

    def status(self, provider_ref: str, *, now: datetime) -> Receipt | Down | None:
        """As the real one; it changes nothing, so it is no point."""
        return self.real.status(provider_ref, now=now)


@dataclass(frozen=True, slots=True)
class MortalRegister:
    """A register with a point before and after each of its answers."""

    real: IdentityRegister
    point: Callable[[str], None]

    @property
    def manual(self) -> bool:
        """As the real one."""
        return self.real.manual

    def search(self, person: RegisterPerson) -> RegisterAnswer:
        """As the real one."""
        self.point(SEARCH_OFFERED)
        answer = self.real.search(person)
        self.point(SEARCHED)
        return answer

    def create(self, person: RegisterPerson, *, idempotency_key: str, confirmed_distinct: bool) -> RegisterAnswer:
        """As the real one."""
        self.point(CREATION_OFFERED)
        answer = self.real.create(person, idempotency_key=idempotency_key, confirmed_distinct=confirmed_distinct)
        self.point(CREATED)
        return answer


def opened(place: Place, now: datetime, reaper: Reaper, *, pooled: bool = False) -> Mortal:
    """An installation that comes to the points of a reaper."""
    return Mortal(read_settings(place.environment), VirtualClock(now), SystemChance(), pooled, reaper)


Work = Callable[[Mortal, str], None]


def doomed(work: Work, place: Place, now: datetime, trail: Path) -> Callable[[str, int | None], None]:
    """Some work as a process does it that dies at its n-th point, or at none; what was opened stays warm for the next."""
    reaper = Reaper(trail)
    known = f"{place.url}?application_name={DOOMED}" if place.url.startswith("postgresql") else place.url
    app = opened(replace(place, url=known), now, reaper)
    reaper.watch()

    def dying(ref: str, at: int | None) -> None:
        reaper.at, reaper.passed = at, 0
        work(app, ref)

    return dying


def approve(app: Mortal, ref: str) -> None:
    """Bart approves a request, and is told so."""
    app.does(app.officer(BART), registrations.approve, ref, extension_confirmed=False)
    app.point(ACKNOWLEDGED)


def renew_and_send(app: Mortal, ref: str) -> None:
    """The applicant asks for a new link, is told that it comes, and the mail is sent."""
    app.does(Actor.applicant(), activations.renew_link, ref)
    app.point(ACKNOWLEDGED)
    send(app, ref)


def reissue_and_send(app: Mortal, ref: str) -> None:
    """Bart has a new code made, is told that it goes out, and the SMS is sent."""
    app.does(app.officer(BART), activations.reissue_code, ref)
    app.point(ACKNOWLEDGED)
    send(app, ref)


def send(app: Mortal, _: str) -> None:
    """Send what is owed."""
    app.dispatcher.drain(app.clock.now())


def ask_register(app: Mortal, _: str) -> None:
    """Make the calls that are due: the search, and the creation that follows from it."""
    while call_due(app.unit_of_work, app.register, now=app.clock.now(), mint=app.mint, answered=app.answered):
        pass


def sweep(app: Mortal, _: str) -> None:
    """Fire what is due."""
    fire_due(app.unit_of_work, now=app.clock.now(), tools=app.tools)
