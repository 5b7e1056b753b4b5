"""An installation that many processes share: where its database and keys lie, what stands in it, what left it.

Only doors of the product are used, but for `awaiting`, which writes activations as they stand once link and code are out.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from bisdesk.bootstrap import Installation
from bisdesk.chance import SystemChance
from bisdesk.clock import VirtualClock
from bisdesk.seed import seed
from bisdesk.settings import read_settings
from notifications.dispatcher import Dispatcher
from notifications.envelopes import Mail, MailSession, Sms
from notifications.outcome import Absent, Accepted, LookedUp, Outcome
from store.hashing import Hasher
from tests import builders
from tests.support.watched import WatchedSecrets, append_line, compared
from workflow import filing, issuing, registrations
from workflow.access import Door
from workflow.advance import Tools
from workflow.calendar import after_days
from workflow.codes import new_code
from workflow.lifecycles.activation import ACTIVATION_LIMIT_DAYS, LINK_VALID_DAYS, State, Trigger, activation
from workflow.lifecycles.registration import registration
from workflow.model import Activation, Actor, AuditEvent, Case, Timer
from workflow.outbox import Delivery, DeliveryState
from workflow.ports import UnitOfWork
from workflow.ports_entry import LinkPurpose

P = ParamSpec("P")
R = TypeVar("R")
START = builders.START
ANNA, BART = "anna@entity.example", "bart@desk.example"
SURNAMES = ("Abara", "Brink", "Castell", "Dorn", "Eymery", "Falk", "Gruber", "Horvat", "Iken", "Jansma")
LINK_EXPIRES = after_days(START, LINK_VALID_DAYS)
BLOCKS = after_days(START, ACTIVATION_LIMIT_DAYS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an installation lives: what a process needs to open it."""

    url: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The settings."""
        return {"BISDESK_ENV": "test", "BISDESK_HOME": str(self.home), "BISDESK_DATABASE_URL": self.url}

    def app(self, now: datetime = START) -> Shared:
        """It, opened by this process, with a clock that stands still."""
        return Shared(read_settings(self.environment), VirtualClock(now), SystemChance())

    def copied(self, home: Path) -> Place:
        """The same once more, as it stands now; its database is a file."""
        shutil.copytree(self.home, home)
        return sqlite_place(home)


def sqlite_place(home: Path) -> Place:
    """An installation whose database is a file in its own folder."""
    return Place(f"sqlite:///{home}/bisdesk.db", home)


@dataclass(frozen=True)
class Shared(Installation):
    """The real thing, with codes that are hashed as always and a provider that writes down what it accepts."""

    @cached_property
    def secrets(self) -> WatchedSecrets:
        """The real one, every comparison of a code written down."""
        return WatchedSecrets(Hasher(self.keyring), compared(self.settings.home))

    @cached_property
    def quick(self) -> Tools:
        """Tools whose hashes cost nothing but can be compared by the real ones: to make many cases."""
        return replace(self.tools, secrets=Hasher(self.keyring, cheap=True))

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """The real one, towards the provider's journal; all cases have one filer, so no limit of an officer is set."""
        journal = Journal(self.settings.home / "provider")
        return replace(
            super().dispatcher,
            mail_transport=JournalMail(journal),
            sms_transport=JournalSms(journal),
            sms_limits=None,
        )

    def does(self, actor: Actor, act: Callable[Concatenate[Door, P], R], /, *args: P.args, **named: P.kwargs) -> R:
        """Let somebody act, and commit."""
        with self.unit_of_work() as uow:
            done = act(self.door(uow, actor, self.clock.now()), *args, **named)
            uow.commit()
            return done

    def officer(self, email: str) -> Actor:
        """An officer."""
        with self.unit_of_work() as uow:
            return Actor.of(uow.directory.by_email(email))

    @contextmanager
    def found(self, ref: str) -> Iterator[tuple[UnitOfWork, Case, Any]]:
        """A case as it is stored."""
        with self.unit_of_work() as uow:
            find = uow.cases.request if ref.startswith("BR-") else uow.cases.activation
            yield uow, *find(ref, now=self.clock.now())

    def case(self, ref: str) -> Case:
        """The case as it is stored."""
        with self.found(ref) as (_, case, _):
            return case

    def activation(self, ref: str) -> Activation:
        """The detail of an activation as it is stored."""
        with self.found(ref) as (_, _, detail):
            assert isinstance(detail, Activation)
            return detail

    def history(self, ref: str) -> list[AuditEvent]:
        """What happened to a case, oldest first, after a look whether it holds together."""
        with self.found(ref) as (uow, case, _):
            events = uow.cases.history(case.id)
        assert [event.sequence for event in events] == list(range(1, case.version + 1)), (
            "a version is missing or double"
        )
        assert events[-1].to_state == case.state, "the state is not what the history says"
        froms = [event.from_state for event in events[1:]]
        assert froms == [event.to_state for event in events[:-1]], "an event begins where the one before did not end"
        return events

    def events(self, ref: str) -> list[str]:
        """The names of what happened to a case."""
        return [event.event for event in self.history(ref)]

    def queue(self, ref: str) -> list[Delivery]:
        """What a case owes or owed."""
        with self.found(ref) as (uow, case, _):
            return uow.outbox.of_case(case.id)

    def owed(self, ref: str) -> list[str]:
        """The messages of a case that were not cancelled, as kind and audience."""
        kept = [row.message for row in self.queue(ref) if row.state is not DeliveryState.CANCELLED]
        return sorted(f"{message.kind} {message.audience}" for message in kept)

    def armed(self, ref: str) -> list[str]:
        """The timers of a case that still run."""
        with self.found(ref) as (uow, case, _):
            return sorted(timer.trigger for timer in uow.timers.armed(case.id))


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a message that the provider accepted."""

    id: str
    to: str
    digest: str
    text: str


@dataclass(frozen=True, slots=True)
class Journal:
    """What a provider accepted, one line a copy; a line is written whole or not at all, whoever dies."""

    path: Path

    def accept(self, message_id: UUID, to: str, content: bytes) -> None:
        """Take a copy over."""
        copy = {
            "id": str(message_id),
            "to": to,
            "digest": hashlib.sha256(content).hexdigest(),
            "text": content.decode(),
        }
        append_line(self.path, json.dumps(copy))

    def copies(self) -> list[Copy]:
        """Every copy, oldest first."""
        return [Copy(**json.loads(line)) for line in lines_of(self.path)]


@dataclass(frozen=True, slots=True)
class JournalMail:
    """A mail provider that accepts everything."""

    journal: Journal

    @asynccontextmanager
    async def session(self) -> AsyncIterator[MailSession]:
        """Nothing to open."""
        yield self

    async def send(self, mail: Mail) -> Outcome:
        """Take a mail over."""
        self.journal.accept(mail.id, mail.to, mail.content)
        return Accepted()


@dataclass(frozen=True, slots=True)
class JournalSms:
    """An SMS provider that accepts everything and knows what it has."""

    journal: Journal

    def send(self, sms: Sms) -> Outcome:
        """Take an SMS over."""
        self.journal.accept(sms.id, sms.to, sms.body.encode())
        return Accepted(f"SM-{sms.attempt}")

    def lookup(self, sms: Sms, *, since: datetime) -> LookedUp:
        """Whether it has this SMS."""
        return Accepted() if any(copy.id == str(sms.id) for copy in self.journal.copies()) else Absent()

    def status(self, provider_ref: str, *, now: datetime) -> None:
        """It tells no more than that it has it."""


def lines_of(path: Path) -> list[str]:
    """The lines that processes wrote down."""
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def person(number: int) -> dict[str, object]:
    """Somebody whom neither register nor uniqueness takes for another one."""
    return {
        "person.familyName": SURNAMES[number % len(SURNAMES)],
        "person.birthDate": f"{1940 + number // len(SURNAMES)}-0{1 + number % 9}-15",
        "contact.email": f"applicant{number}@example.org",
        "contact.mobile": f"+3361234{number:04d}",
        "document.number": f"8806{number:08d}",
    }


def furnished(place: Place) -> Shared:
    """An installation with its invented officers, in a database that has its tables."""
    app = place.app()
    place.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed(app, START)
    return app


def filed(app: Shared, number: int) -> str:
    """Anna filed a request; its reference."""
    asked = builders.submission(person(number), now=app.clock.now())
    return app.does(app.officer(ANNA), filing.file_request, asked, builders.papers()).case.ref


def submitted(app: Shared, numbers: range) -> list[str]:
    """Requests that wait to be taken, written in one transaction; their references."""
    with app.unit_of_work() as uow:
        refs = [_submitted(app, uow, number) for number in numbers]
        uow.commit()
    return refs


def _submitted(app: Shared, uow: UnitOfWork, number: int) -> str:
    case = builders.case(id=app.chance.uuid(START), definition=registration.definition(app.settings.policy))
    case = replace(case, ref=f"BR-2026-{number:05d}-00")
    uow.cases.open(case, builders.request_detail(case.id))
    assert uow.cases.apply(builders.change(case, to="submitted"))
    return case.ref


def taken(app: Shared, number: int) -> str:
    """Bart took it; its reference."""
    ref = filed(app, number)
    app.does(app.officer(BART), registrations.take, ref)
    return ref


@dataclass(frozen=True, slots=True)
class Waiting:
    """An activation that waits for its code."""

    ref: str
    case_id: UUID
    code: str


def awaiting(app: Shared, numbers: range, *, state: State = State.AWAITING_CODE, **more: Any) -> list[Waiting]:
    """Activations whose link and code went out at START, written in one transaction."""
    filer = app.officer(ANNA).user_id
    with app.unit_of_work() as uow:
        made = [_awaiting(app, uow, number, state, {"filer": filer} | more) for number in numbers]
        uow.commit()
    return made


def _awaiting(app: Shared, uow: UnitOfWork, number: int, state: State, more: dict[str, Any]) -> Waiting:
    code = new_code(app.chance)
    # The definition is the one in force, so that nothing in the row is of another table.
    case = builders.case("activation", id=app.chance.uuid(START), definition=activation.definition(app.settings.policy))
    case = replace(case, ref=f"AC-2026-{number:05d}-00")
    messages, timed = more.pop("messages", lambda _: ()), more.pop("timed", True)
    known = {
        "minted_at": START, "link_issued_at": START, "link_expires_at": LINK_EXPIRES, "first_issued_at": START,
        "blocks_at": BLOCKS, "code_hash": app.quick.secrets.hash_code(code, case_id=case.id),
        "link_digest": app.quick.secrets.token_digest(f"link of {case.ref}", purpose=LinkPurpose.ACTIVATION),
    }  # fmt: skip
    uow.cases.open(case, builders.activation_detail(case.id, **(known | more)))
    surname = SURNAMES[number % len(SURNAMES)]
    issuing.keep_holder(
        uow, case.id, given_name="Zoë", family_name=surname, email=f"holder{number}@example.org",
        mobile=f"+3361234{number:04d}", insz="85471500280", person_key=case.ref, sex="F", purpose="",
    )  # fmt: skip
    timers = (Timer(case.id, Trigger.T14, LINK_EXPIRES), Timer(case.id, Trigger.T30, BLOCKS)) if timed else ()
    change = builders.change(case, to=state, start_timers=timers, messages=messages(case))
    assert uow.cases.apply(change)
    return Waiting(case.ref, case.id, code)


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)
