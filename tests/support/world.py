"""A small world to tell stories in: officers, a store, a register, a post office and a clock, wired like the real thing.

It takes the doors that the product has (a person, a provider, the clock) and never reaches past them.
"""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from bisdesk.clock import VirtualClock
from registers.caller import call_due
from registers.simulator import Simulator
from store.memory import MemoryStore
from tests import builders
from tests.fakes import FakeOtp, PlainSecrets, SeededChance, secret_of
from tests.support.post import Post, Sent
from workflow import activations_keys, dossier, filing, registrations, registrations_register
from workflow.access import Door
from workflow.activations_code import CodeOutcome, submit_code
from workflow.advance import Tools
from workflow.codes import Minted, mint
from workflow.identity_register import IdentityRegister, RegisterAnswer
from workflow.model import Activation, Actor, Attachment, AuditEvent, Case, KeyKind, RegistrationRequest, User
from workflow.outbox import Delivery, MessageKind, QueuedMessage
from workflow.policy import DEFAULT, Policy
from workflow.ports import UnitOfWork
from workflow.timers import Swept, as_of, fire_due

P = ParamSpec("P")
R = TypeVar("R")
Changes = Mapping[str, object] | None
M = MessageKind
PASSWORD = "Lantern-Orchid-Seventy"
WRONG_CODE = "00000 00000 00000 00000"
MOST_ROUNDS = 25


class Store(Protocol):
    """Either store."""

    def unit_of_work(self) -> UnitOfWork:
        """A fresh transaction."""


@dataclass
class World:
    """Anna files, Bart and Dirk decide, Carla leads; everything else happens by itself when it is told to."""

    store: Store = field(default_factory=MemoryStore)
    register: IdentityRegister | None = None  # none: the simulator, without a script
    policy: Policy = DEFAULT
    start: datetime = builders.START
    seed: int = 7

    def __post_init__(self) -> None:
        self.clock = VirtualClock(self.start)
        self.otp = FakeOtp()
        self.asked = self.register or _simulator(self)
        self.tools = Tools(SeededChance(self.seed), PlainSecrets(), self.otp, self.policy, self.asked.manual)
        self.post = Post(self.store.unit_of_work, self.tools)
        self.anna, self.bart = builders.anna(), builders.bart()
        self.dirk, self.carla = builders.dirk(), builders.carla()
        with self.store.unit_of_work() as uow:
            for code in (builders.ENTITY, builders.OTHER_ENTITY):
                uow.directory.put_entity(builders.entity(code))
            for user in (self.anna, self.bart, self.dirk, self.carla):
                uow.directory.put_user(user)
            uow.commit()

    # The clock

    @property
    def now(self) -> datetime:
        """The present instant of this world."""
        return self.clock.now()

    def wait(self, **by: float) -> datetime:
        """Let time pass: `world.wait(days=14)`."""
        return self.clock.advance(timedelta(**by))

    # Doors

    @contextmanager
    def door(self, who: User | Actor | None = None) -> Iterator[Door]:
        """What a command carries, for an officer (none: the applicant); commits at the end unless something was raised."""
        with self.store.unit_of_work() as uow:
            yield Door(uow=uow, actor=_actor(who), now=self.now, tools=self.tools)
            uow.commit()

    def does(
        self, who: User | Actor | None, act: Callable[Concatenate[Door, P], R], /, *args: P.args, **named: P.kwargs
    ) -> R:
        """Let somebody run a use case: `world.does(world.bart, registrations.take, ref)`."""
        with self.door(who) as door:
            return act(door, *args, **named)

    def mint(self, now: datetime | None = None) -> Minted:
        """A fresh link and code."""
        at = now or self.now
        return mint(self.tools.chance.uuid(at), now=at, chance=self.tools.chance, secrets=self.tools.secrets)

    # How far a story has come; each verb tells all before it as well

    def drafted(self, changes: Changes = None, *papers: Attachment) -> str:
        """Anna drafted a request; its reference."""
        asked = builders.submission(changes, now=self.now, complete=False)
        return self.does(self.anna, filing.draft, asked, papers).case.ref

    def filed(self, changes: Changes = None) -> str:
        """Anna filed a request; its reference."""
        asked = builders.submission(changes, now=self.now)
        return self.does(self.anna, filing.file_request, asked, builders.papers()).case.ref

    def taken(self, changes: Changes = None) -> str:
        """Bart took the request; its reference."""
        ref = self.filed(changes)
        self.does(self.bart, registrations.take, ref)
        return ref

    def approved(self, changes: Changes = None) -> str:
        """Bart approved the request; its reference."""
        ref = self.taken(changes)
        self.does(self.bart, registrations.approve, ref, extension_confirmed=False)
        return ref

    def registered(self, changes: Changes = None) -> str:
        """The register answered; the reference of the request."""
        ref = self.approved(changes)
        self.ask_register()
        return ref

    def issuing(self, changes: Changes = None) -> str:
        """Link and code are in the queue, nothing was sent; the reference of the activation."""
        return self.activation_of(self.registered(changes))

    def issued(self, changes: Changes = None) -> str:
        """Link and code were accepted by the providers; the reference of the activation."""
        ref = self.issuing(changes)
        self.deliver()
        return ref

    def activated(self, changes: Changes = None) -> str:
        """The applicant entered the right code; the reference of the activation."""
        ref = self.issued(changes)
        self.enter(ref, self.code_of(ref))
        return ref

    def active(self, changes: Changes = None) -> str:
        """The applicant has an app key that works; the reference of the activation."""
        ref = self.activated(changes)
        self.does(None, activations_keys.confirm_key, ref, self.app_shows(self.choose_app(ref)))
        return ref

    # The applicant

    def enter(self, ref: str, code: str = WRONG_CODE) -> CodeOutcome:
        """The applicant enters a code, a wrong one unless told otherwise."""
        with self.store.unit_of_work() as uow:
            return submit_code(Door(uow=uow, actor=Actor.applicant(), now=self.now, tools=self.tools), ref, code)

    def choose_app(self, ref: str, username: str = "zoe.dubois") -> str:
        """The applicant chooses an app key; the secret that the app scanned."""
        chosen = self.does(None, activations_keys.choose_key, ref, KeyKind.TOTP, username=username, password=PASSWORD)
        assert chosen.uri is not None
        return secret_of(chosen.uri)

    def app_shows(self, secret: str) -> str:
        """The one-time code that the app shows now."""
        return self.otp.code(secret, self.otp.step(self.now))

    def code_of(self, ref: str) -> str:
        """The code that the applicant reads in the newest SMS."""
        return _secret(self.sent(ref, M.M3))

    def link_of(self, ref: str) -> str:
        """The token of the link that the applicant finds in the newest mail."""
        return _secret(self.sent(ref, M.M1, M.M8))

    # What happens by itself

    def tick(self) -> None:
        """Timers, register and post, until nothing is due."""
        for _ in range(MOST_ROUNDS):
            if not self.fire_timers().fired + self.ask_register() + self.deliver():
                return
        raise AssertionError("the world never came to rest")

    def fire_timers(self) -> Swept:
        """Fire what is due."""
        return fire_due(self.store.unit_of_work, now=self.now, tools=self.tools)

    def ask_register(self) -> int:
        """Make the calls that are due, until none is; how many rows were worked off."""
        done = 0
        while worked := call_due(
            self.store.unit_of_work,
            self.asked,
            now=self.now,
            answered=self.answered,
            mint=self.mint,
            retries=self.policy.register_retries,
        ):
            done += worked
        return done

    def answered(
        self, uow: UnitOfWork, message: QueuedMessage, answer: RegisterAnswer, now: datetime, minted: Minted
    ) -> None:
        """Let an answer of the register move its case."""
        registrations_register.answered(
            uow, message.case_id, operation=message.kind, answer=answer, now=now, tools=self.tools, minted=minted
        )

    def deliver(self) -> int:
        """Hand the mails and SMS that are due to their provider; how many rows moved."""
        return self.post.deliver(self.now)

    # Looking

    def case(self, ref: str) -> Case:
        """The case as it truly is now."""
        return self._true(ref)[0]

    def state(self, ref: str) -> str:
        """The state as it truly is now."""
        return str(self.case(ref).state)

    def request(self, ref: str) -> RegistrationRequest:
        """The detail of a request as it truly is now."""
        detail = self._true(ref)[1]
        assert isinstance(detail, RegistrationRequest)
        return detail

    def activation(self, ref: str) -> Activation:
        """The detail of an activation as it truly is now."""
        detail = self._true(ref)[1]
        assert isinstance(detail, Activation)
        return detail

    def activation_of(self, ref: str) -> str:
        """The reference of the activation that a request led to."""
        found = self.request(ref).activation_id
        assert found is not None, "the request led to no activation"
        with self.store.unit_of_work() as uow:
            return uow.cases.activation(found, now=self.now)[0].ref

    def number_of(self, ref: str) -> object:
        """The number that a request got, or None."""
        with self._case_of(ref) as (uow, case):
            return dossier.value(uow, case.id, dossier.NUMBER)

    def history(self, ref: str) -> list[AuditEvent]:
        """What happened to a case, oldest first."""
        with self._case_of(ref) as (uow, case):
            return uow.cases.history(case.id)

    def events(self, ref: str) -> list[str]:
        """The names of what happened to a case, oldest first."""
        return [event.event for event in self.history(ref)]

    def timers(self, ref: str) -> dict[str, datetime]:
        """When each armed timer of a case is due."""
        with self._case_of(ref) as (uow, case):
            return {timer.trigger: timer.due_at for timer in uow.timers.armed(case.id)}

    def queue(self, ref: str, *kinds: MessageKind) -> list[Delivery]:
        """The rows that a case owes or owed, oldest first; of some kinds, or of all."""
        with self._case_of(ref) as (uow, case):
            rows = uow.outbox.of_case(case.id)
        return [row for row in rows if not kinds or row.message.kind in kinds]

    def sent(self, ref: str, *kinds: MessageKind) -> list[Sent]:
        """What was sent for a case, oldest first; of some kinds, or of all."""
        return [one for one in self.post.sent if one.case_ref == ref and (not kinds or one.kind in kinds)]

    @contextmanager
    def _case_of(self, ref: str) -> Iterator[tuple[UnitOfWork, Case]]:
        with self.store.unit_of_work() as uow:
            yield uow, _stored(uow, ref, self.now)[0]

    def _true(self, ref: str) -> tuple[Case, RegistrationRequest | Activation]:
        with self.store.unit_of_work() as uow:
            case, detail = _stored(uow, ref, self.now)
            return as_of(case, detail, now=self.now, tools=self.tools)


def _simulator(world: World) -> Simulator:
    home = mkdtemp(prefix="register-")
    weakref.finalize(world, shutil.rmtree, home, ignore_errors=True)
    return Simulator(Path(home), b"a key for tests, of 32 bytes....")


def _actor(who: User | Actor | None) -> Actor:
    match who:
        case None:
            return Actor.applicant()
        case Actor():
            return who
        case User():
            return Actor.of(who)


def _stored(uow: UnitOfWork, ref: str, now: datetime) -> tuple[Case, Any]:
    return uow.cases.request(ref, now=now) if ref.startswith("BR-") else uow.cases.activation(ref, now=now)


def _secret(letters: list[Sent]) -> str:
    assert letters, "nothing of this kind was sent"
    assert letters[-1].secret is not None
    return letters[-1].secret
