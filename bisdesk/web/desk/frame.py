"""What every page of the desk works with: the installation, its pages, its seal, and how work is done behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bisdesk.bootstrap import Installation
from bisdesk.openid.client import Provider
from bisdesk.settings_desk import Door as Entrance
from bisdesk.web.applicant.seal import Seal
from bisdesk.web.theme import Theme
from bisdesk.web.words import Words, merged
from workflow.access import Door
from workflow.model import Actor, Language, User
from workflow.ports import UnitOfWork

T = TypeVar("T")
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Desk:
    """The desk over an installation."""

    app: Installation
    theme: Theme
    seal: Seal = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seal", Seal(self.app.keyring, self.app.chance))

    @property
    def encrypted(self) -> bool:
        """Whether browsers reach it over HTTPS; outside live they need not."""
        return self.app.settings.base_url.startswith("https://")

    @property
    def entrance(self) -> Entrance:
        """How officers come in."""
        return self.app.settings.desk.door

    @cached_property
    def provider(self) -> Provider | None:
        """The identity provider, where officers come in by one."""
        registration = self.app.settings.desk.registration
        return Provider(registration) if registration else None

    @cached_property
    def words(self) -> dict[Language, Words]:
        """What the pages say, in every language of the installation: one catalogue a part of the desk."""
        return {one: merged(one, sorted((HERE / "locale").glob(f"*.{one}.po"))) for one in self.languages}

    @property
    def languages(self) -> tuple[Language, ...]:
        """Dutch first, where it is spoken: the language of the administration (D7)."""
        return tuple(self.app.settings.languages)

    @cached_property
    def templates(self) -> Environment:
        """The pages."""
        return Environment(
            loader=FileSystemLoader(HERE / "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True, auto_reload=False,
        )  # fmt: skip

    def look(self, user: User | None, work: Callable[[Door], T]) -> T:
        """Read as an officer, as of now; nothing is written."""
        with self.app.store.look() as uow:
            return work(self._door(uow, user))

    def act(self, user: User | None, work: Callable[[Door], T]) -> T:
        """Act as an officer and commit. Raises: what the use case raises; somebody who was first is told, not overrun."""
        with self.app.unit_of_work() as uow:
            done = work(self._door(uow, user))
            uow.commit()
            return done

    def _door(self, uow: UnitOfWork, user: User | None) -> Door:
        actor = Actor.of(user) if user else Actor("nobody", frozenset())
        return self.app.door(uow, actor, self.app.instant_in(uow))
