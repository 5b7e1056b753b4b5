"""One call of the command line: who acts, at what instant, in which transaction.

Roles, entity scope and four eyes hold here as in every other door; the rules themselves stand in the workflow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

import typer

from bisdesk.bootstrap import Installation, install
from bisdesk.cli.output import talk
from bisdesk.settings import Settings, read_settings
from bisdesk.ticks import LEEWAY
from identity.problems import Problem
from workflow.access import Door
from workflow.errors import GuardRefused, NotFound
from workflow.model import Actor, Role
from workflow.ports import UnitOfWork

T = TypeVar("T")

Json = Annotated[bool, typer.Option("--json", help="Plain JSON on stdout.")]
As = Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Who acts; without it BISDESK_USER.")]
AsOrApplicant = Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Who acts; without it the applicant.")]
Ref = Annotated[
    str,
    typer.Argument(
        metavar="REF",
        help="Reference, such as BR-2026-00042-7Q or AC-2026-00042-X3.",
        callback=lambda typed: typed.strip().upper(),
    ),
]

# Whoever sits at the command line may read; what a reader sees is what the desk sees.
READER = Actor("reader", frozenset({Role.END_USER, Role.SERVICE_DESK, Role.APPLICANT}))


class MissingActor(typer.BadParameter):
    """An acting command that does not say who acts."""

    def __init__(self) -> None:
        super().__init__("Say who acts: --as EMAIL, or set BISDESK_USER.")


@dataclass(frozen=True)
class Session:
    """An installation at one instant."""

    app: Installation
    now: datetime

    def act(self, email: str | None, work: Callable[[Door], T]) -> T:
        """Run a command as an officer and commit it. Raises: MissingActor, GuardRefused, and what the command raises."""
        address = email or self.app.settings.user
        if not address:
            raise MissingActor
        with self.app.unit_of_work() as uow:
            done = work(self.app.door(uow, self._officer(uow, address), self.now))
            uow.commit()
            return done

    def act_as_applicant(self, email: str | None, work: Callable[[Door], T]) -> T:
        """Run a command as the applicant, unless an officer is named."""
        if email:
            return self.act(email, work)
        with self.app.unit_of_work() as uow:
            done = work(self.app.door(uow, Actor.applicant(), self.now))
            uow.commit()
            return done

    def look(self, read: Callable[[Door], T], email: str | None = None) -> T:
        """Read without writing; an officer sees what is theirs to see."""
        address = email or self.app.settings.user
        with self.app.unit_of_work() as uow:
            actor = self._officer(uow, address) if address else READER
            return read(self.app.door(uow, actor, self.now))

    def watch(self, read: Callable[[Door], T], email: str | None = None) -> T:
        """Read what is watched: that it was looked at is written down, and nothing else is."""

        def kept(door: Door) -> T:
            done = read(door)
            door.uow.commit()
            return done

        return self.look(kept, email)

    def _officer(self, uow: UnitOfWork, email: str) -> Actor:
        try:
            return Actor.of(uow.directory.by_email(email))
        except (NotFound, Problem):
            raise GuardRefused(
                "actor_is_known",
                "There is no officer with the address given by --as. Check it, or ask your administrator.",
            ) from None


def begin() -> Session:
    """A session on the settings of this process, at its clock's instant, never before the highest one that a tick saw."""
    app = install(configured())
    return Session(app, _now(app))


def configured() -> Settings:
    """The settings of this process; what is odd about them is told, whatever the command. Raises: Unavailable."""
    settings = read_settings()
    for warning in settings.warnings:
        talk(f"Warning: {warning}")
    return settings


def _now(app: Installation) -> datetime:
    clock = app.clock.now()
    with app.unit_of_work() as uow:
        mark = uow.marks.high_water()
    if mark is None or clock >= mark:
        return clock
    if mark - clock > LEEWAY:
        talk(
            f"Warning: the clock of this machine stands before {mark:%Y-%m-%d %H:%M} UTC, which has been; that is used."
        )
    return mark
