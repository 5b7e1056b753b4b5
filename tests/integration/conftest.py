"""Installations for races and crashes: on SQLite in a file, and on a real PostgreSQL with twice as many processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from store.schema import upgrade
from tests.integration.race_world import Place, Shared, furnished, sqlite_place
from tests.integration.receiving import Line, line
from tests.support.twilio_server import TwilioServer, twilio_server


@dataclass(frozen=True)
class Arena:
    """Where a race is run, and with how many processes; SQLite has fewer, since its writers only queue."""

    place: Place
    app: Shared
    processes: int

    @property
    def on_postgres(self) -> bool:
        """Whether several writers are at work at once."""
        return self.place.url.startswith("postgresql")

    def scaled(self, full: int, small: int) -> int:
        """So many on PostgreSQL, fewer on SQLite."""
        return full if self.on_postgres else small


@pytest.fixture(scope="session")
def furnished_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation on SQLite with its officers, to be copied."""
    place = sqlite_place(tmp_path_factory.mktemp("furnished") / "home")
    upgrade(place.url)
    furnished(place)
    return place


@pytest.fixture
def sqlite_arena(furnished_sqlite: Place, tmp_path: Path) -> Arena:
    """An installation of its own on SQLite."""
    place = furnished_sqlite.copied(tmp_path / "home")
    return Arena(place, place.app(), processes=4)


@pytest.fixture
def postgres_arena(postgres_url: str, tmp_path: Path) -> Arena:
    """An installation of its own on PostgreSQL."""
    place = Place(postgres_url, tmp_path / "home")
    return Arena(place, furnished(place), processes=8)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def arena(request: pytest.FixtureRequest) -> Arena:
    """Either of them."""
    found: Arena = request.getfixturevalue(f"{request.param}_arena")
    return found


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    """A server of SMS that speaks as Twilio does."""
    with twilio_server() as server:
        yield server


@pytest.fixture
def calls(furnished_sqlite: Place, tmp_path: Path, twilio: TwilioServer) -> Iterator[Line]:
    """An installation that listens for its receipts."""
    with line(furnished_sqlite.copied(tmp_path / "home"), twilio) as open_line:
        yield open_line
