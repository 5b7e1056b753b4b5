"""The upgrade to 0003: links that were sent before it are known after it, and nobody else's (B1-23)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert

from store import schema
from store.engine import open_engine
from store.schema import SchemaStatus, check, upgrade
from store.tables_people import blind_index
from store.unit_of_work import SqlStore
from tests import builders
from tests.builders import START
from tests.contract.steps import later, moved
from tests.unit.store.keys import KEYRING
from workflow.effects import Erasure
from workflow.errors import Unavailable
from workflow.model import Case
from workflow.ports_entry import Link, LinkPurpose

LINK, RESUME, ERASED = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database at the newest version."""
    fresh = (
        f"sqlite:///{tmp_path}/bisdesk.db"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_empty_url")
    )
    upgrade(fresh)
    return fresh


def test_links_that_were_sent_before_are_known_after_it_and_those_of_erased_persons_are_not(url: str) -> None:
    store = SqlStore(url, KEYRING)
    case = _waiting(store, link_digest=LINK, resume_digest=RESUME, activated_at=later(days=3))
    gone = _waiting(store, link_digest=ERASED)
    with store.unit_of_work() as uow:
        moved(uow, gone, erase=frozenset({Erasure.PERSON}))
        uow.commit()
    store.dispose()

    _back_to(url, "0002")
    behind = check(url)
    upgrade(url)

    assert behind is SchemaStatus.BEHIND
    store = SqlStore(url, KEYRING)
    with store.unit_of_work() as uow:
        assert uow.links.find((LINK,)) == Link(LINK, case.id, LinkPurpose.ACTIVATION, START)
        assert uow.links.find((RESUME,)) == Link(RESUME, case.id, LinkPurpose.RESUME, later(days=3))
        assert uow.links.find((ERASED,)) is None
        detail = uow.cases.activation(case.id, now=START)[1]
        assert (detail.frozen_at, detail.otp_sent_at, detail.otp_previous_digest) == (None, None, None)
    store.dispose()


def _named_alike(url: str) -> list[str]:
    """Three activations at 0002, the first two of which took one user name; their references."""
    store = SqlStore(url, KEYRING)
    cases = [_waiting(store) for _ in range(3)]
    store.dispose()
    _back_to(url, "0002")
    engine = open_engine(url)
    with engine.begin() as connection:
        for case, digest in zip(cases, (b"zoe", b"zoe", b"marta"), strict=True):
            row = {"case_id": case.id, "name": "username", "digest": digest, "shred_with": case.id}
            connection.execute(insert(blind_index), row)
    engine.dispose()
    return [case.ref for case in cases]


@pytest.mark.fact("B2-11")
def test_activations_that_took_one_user_name_before_are_named_and_nothing_is_changed(url: str) -> None:
    first, second, other = _named_alike(url)

    with pytest.raises(Unavailable) as refused:
        upgrade(url)

    assert first in refused.value.detail
    assert second in refused.value.detail
    assert other not in refused.value.detail
    assert check(url) is SchemaStatus.BEHIND


@pytest.mark.fact("B2-11")
def test_the_line_that_the_refusal_names_lets_the_upgrade_go_on(url: str) -> None:
    _named_alike(url)
    with pytest.raises(Unavailable) as refused:
        upgrade(url)
    line = re.search(r"DELETE FROM .*?;", refused.value.detail)
    assert line is not None
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(line.group())
    engine.dispose()

    upgrade(url)

    assert check(url) is SchemaStatus.CURRENT


def _waiting(store: SqlStore, **more: object) -> Case:
    case = builders.case("activation")
    with store.unit_of_work() as uow:
        uow.cases.open(case, builders.activation_detail(case.id, **more))
        uow.people.put(case.id, {"holder.family_name": '"Dubois"'})
        uow.commit()
    return case


def _back_to(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    engine = open_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    engine.dispose()
