"""What every page of the applicant's site works with: the installation, the pages, the seal, and how work is done behind them.

A GET looks and writes nothing about a case; a POST acts, and repeats what lost a race.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from bisdesk.bootstrap import Installation
from bisdesk.web.applicant.seal import Seal
from bisdesk.web.rendering import Pages
from bisdesk.web.throttle import Throttle, neighbourhood
from workflow.access import Door
from workflow.errors import ConcurrentChange
from workflow.limits import Quota
from workflow.model import Actor
from workflow.ports import UnitOfWork

T = TypeVar("T")
RACES = 20  # times that a command is begun anew after losing a race; each loss is somebody else's progress
LINK_OPENS, MINUTE_S = 60, 60  # of one neighbourhood a minute
ANSWER_S = 0.4  # what must not tell by its speed whether somebody exists is answered after so long


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most so much of one thing by one neighbourhood (trust 2.3, rate limits)."""

    name: str
    most: int
    window: timedelta


BY_REFERENCE = Allowance("site_reference", 10, timedelta(hours=1))
STATUS = Allowance("site_status", 20, timedelta(hours=1))
SIGN_IN = Allowance("site_sign_in", 100, timedelta(hours=1))


@dataclass(frozen=True)
class Site:
    """The applicant's site over an installation."""

    app: Installation
    pages: Pages
    answer_s: float = ANSWER_S
    seal: Seal = field(init=False)
    opens: Throttle = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seal", Seal(self.app.keyring, self.app.chance))
        object.__setattr__(self, "opens", Throttle(LINK_OPENS, seconds=MINUTE_S))

    @property
    def encrypted(self) -> bool:
        """Whether browsers reach it over HTTPS; outside live they need not."""
        return self.app.settings.applicant_base_url.startswith("https://")

    def look(self, work: Callable[[Door], T]) -> T:
        """Read as the applicant, as of now; nothing is written."""
        with self.app.store.look() as uow:
            return work(self._door(uow))

    def act(self, work: Callable[[Door], T]) -> T:
        """Act as the applicant and commit; begun anew when somebody was first. Raises: what the use case raises."""
        for _ in range(RACES):
            try:
                with self.app.unit_of_work() as uow:
                    done = work(self._door(uow))
                    uow.commit()
                    return done
            except ConcurrentChange:
                continue
        raise ConcurrentChange("the activation")

    def wait_of(self, allowance: Allowance, address: str | None, *, device: str | None = None) -> timedelta:
        """Count one use, of a known device by itself; how long to wait where it is one too many, else nothing."""
        subject = neighbourhood(address) if device is None else f"device {device}"
        return self.act(lambda door: _counted(door, allowance, subject))

    def _door(self, uow: UnitOfWork) -> Door:
        return self.app.door(uow, Actor.applicant(), self.app.instant_in(uow))


def _counted(door: Door, allowance: Allowance, subject: str) -> timedelta:
    door.uow.quotas.hold(allowance.name, subject)
    quota = Quota(allowance.name, subject, allowance.most, door.now - allowance.window)
    full = door.uow.quotas.take(door.tools.chance.uuid(door.now), (quota,), now=door.now)
    return (full.frees_at or door.now + allowance.window) - door.now if full else timedelta()
