"""The upgrade to 0004: open requests know by when somebody has to act, and nothing that others refer to is lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from store import schema
from store.engine import open_engine
from store.schema import upgrade
from store.unit_of_work import SqlStore
from tests import builders
from tests.contract.steps import later, moved, opened
from tests.unit.store.keys import KEYRING
from workflow.model import Timer
from workflow.ports import UnitOfWork
from workflow.ports_desk import Wanted


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database at the newest version."""
    fresh = f"sqlite:///{tmp_path}/bisdesk.db"
    fresh = fresh if request.param == "sqlite" else request.getfixturevalue("postgres_empty_url")
    upgrade(fresh)
    return fresh


def test_what_was_there_before_the_desk_is_there_after_it_and_sorted_by_its_deadline(url: str) -> None:
    store, anna = SqlStore(url, KEYRING), builders.anna()
    with store.unit_of_work() as uow:
        uow.directory.put_user(anna)
        waits = _standing(uow, "submitted", "queue_alert", days=2)
        rang = _standing(uow, "in_review", "queue_alert", days=1)
        draft = _standing(uow, "draft", "draft_idle", days=30)
        none = _standing(uow, "approved", "queue_alert", days=1)
        uow.commit()
    with store.unit_of_work() as uow:
        case, _ = uow.cases.request(rang, now=later())
        moved(uow, case, to="in_review", fired_timer="queue_alert", at=later(days=1))
        uow.commit()
    store.dispose()

    _back_to(url, "0003")
    upgrade(url)

    store = SqlStore(url, KEYRING)
    with store.unit_of_work() as uow:
        rows = [row for _, row in uow.work.page(Wanted(), now=later(), after=None, limit=10)]
        assert [(row.case.ref, row.act_by) for row in rows] == [
            (rang, later(days=1)), (waits, later(days=2)), (draft, later(days=30)), (none, None),
        ]  # fmt: skip
        assert uow.directory.by_id(anna.id) == anna
        assert len(uow.cases.history(rows[0].case.id)) == 2
        assert [timer.trigger for timer in uow.timers.armed(rows[1].case.id)] == ["queue_alert"]
    store.dispose()


def test_the_tables_themselves_refuse_an_approval_by_the_filer_and_a_judgement_by_the_approver(url: str) -> None:
    engine = open_engine(url)
    wrong = ("approved_by = filer", "approved_by = case_id, audited_by = case_id")
    store = SqlStore(url, KEYRING)
    with store.unit_of_work() as uow:
        opened(uow)
        uow.commit()
    store.dispose()

    for patch in wrong:
        with pytest.raises(Exception, match=r"(?i)check"), engine.begin() as connection:  # drivers name it differently
            connection.execute(text(f"UPDATE registration_requests SET {patch}"))
    engine.dispose()


def _standing(uow: UnitOfWork, state: str, trigger: str, *, days: int) -> str:
    case = opened(uow)
    timer = Timer(case.id, trigger, later(days=days))
    return moved(uow, case, to=state, start_timers=(timer,)).ref


def _back_to(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    engine = open_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    engine.dispose()
