"""The store under a clock that stands still for the whole process: nothing waits for time to pass (design 7)."""

from __future__ import annotations

from datetime import UTC, datetime

import freezegun
import pytest

from store.unit_of_work import SqlStore
from tests import builders
from tests.contract.steps import opened


@pytest.mark.parametrize("database", ["sqlite_url", pytest.param("postgres_url", marks=pytest.mark.postgres)])
def test_a_whole_unit_of_work_runs_while_the_clock_stands_still(request: pytest.FixtureRequest, database: str) -> None:
    from tests.unit.store.keys import KEYRING

    url = request.getfixturevalue(database)

    with freezegun.freeze_time("2031-05-06 07:08:09"):
        now = datetime.now(UTC)
        store = SqlStore(url, KEYRING)
        with store.unit_of_work() as uow:
            case = opened(uow, "activation", opened_at=now)
            change = builders.change(
                case,
                at=now,
                start_timers=(builders.timer(case),),
                detail={"activated_at": now, "renewed_on": now.date()},
            )
            assert uow.cases.apply(change)
            uow.marks.raise_to(now)
            uow.commit()
            loaded, detail = uow.cases.activation(case.id, now=now)
            store.dispose()

    assert loaded.opened_at == loaded.changed_at == detail.activated_at == datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert detail.renewed_on == builders.day("2031-05-06")
