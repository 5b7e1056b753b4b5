"""A process that tells a story through the product's doors and is killed at the n-th step of it, for real.

A step lies after every commit and after whatever a provider takes over: between two steps nothing becomes durable.
"""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from bisdesk.ticks import PARTS, tick
from notifications.dispatcher import Dispatcher
from notifications.envelopes import Mail, MailSession, Sms
from notifications.outcome import Outcome
from tests.integration.race_world import BART, Journal, JournalMail, JournalSms, Place, Shared, append_line
from workflow import registrations
from workflow.advance import Tools
from workflow.ports import UnitOfWork


@dataclass(slots=True)
class Doom:
    """How many steps are left to live."""

    left: int

    def step(self) -> None:
        """Die here, if this is the step."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class DoomedUnit:
    """A unit of work whose commits are steps."""

    real: UnitOfWork
    doom: Doom

    def __enter__(self) -> DoomedUnit:
        self.real.__enter__()
        return self

    def __exit__(self, *told: Any) -> None:
        self.real.__exit__(*told)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def commit(self) -> None:
        """After it, everything is durable."""
        self.real.commit()
        self.doom.step()


@dataclass(frozen=True, slots=True)
class DoomedMail(JournalMail):
    """A mail provider whose caller may die once a mail was taken over."""

    doom: Doom

    @asynccontextmanager
    async def session(self) -> AsyncIterator[MailSession]:
        """Nothing to open."""
        yield self

    async def send(self, mail: Mail) -> Outcome:
        """Take a mail over."""
        outcome = await JournalMail(self.journal).send(mail)
        self.doom.step()
        return outcome


@dataclass(frozen=True, slots=True)
class DoomedSms(JournalSms):
    """An SMS provider whose caller may die once an SMS was taken over."""

    doom: Doom

    def send(self, sms: Sms) -> Outcome:
        """Take an SMS over."""
        outcome = JournalSms(self.journal).send(sms)
        self.doom.step()
        return outcome


@dataclass(frozen=True)
class Doomed(Shared):
    """The shared installation in a process that will die."""

    doom: Doom = field(default_factory=lambda: Doom(0))

    @cached_property
    def tools(self) -> Tools:
        """Tools whose hashes cost nothing."""
        return self.quick

    def unit_of_work(self) -> UnitOfWork:
        """A unit of work whose commits are steps."""
        return cast(UnitOfWork, DoomedUnit(super().unit_of_work(), self.doom))

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """The real one, towards providers whose caller may die."""
        journal = Journal(self.settings.home / "provider")
        mail, sms = DoomedMail(journal, self.doom), DoomedSms(journal, self.doom)
        return replace(super().dispatcher, mail_transport=mail, sms_transport=sms)


def approve_and_tick(place: Place, now: datetime, ref: str, at: int) -> None:
    """Approve, write down that it was acknowledged, then let everything happen that follows by itself."""
    shared = place.app(now)
    app = Doomed(shared.settings, shared.clock, shared.chance, doom=Doom(at))
    app.does(app.officer(BART), registrations.approve, ref, extension_confirmed=False)
    append_line(place.home / "acknowledged", ref)
    tick(app, PARTS)
