"""A fresh installation for each story, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.desk import Desk


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An installation with its schema and its officers."""
    return _ready(request, tmp_path, monkeypatch, request.param)


@pytest.fixture
def lite(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The same on SQLite only, for what does not touch the database's own ways."""
    return _ready(request, tmp_path, monkeypatch, "sqlite")


def _ready(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    desk = Desk(folder, monkeypatch)
    desk.set(
        HOME=str(folder / "home"), LOG_LEVEL="DEBUG"
    )  # a fault of our own must fail the test, not become a sentence
    if database == "postgres":
        desk.set(DATABASE_URL=request.getfixturevalue("postgres_url"))
    desk.ok("db", "upgrade")
    desk.ok("db", "seed")
    return desk
