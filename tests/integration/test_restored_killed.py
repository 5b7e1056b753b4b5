"""A worker killed for real between claim, epoch, journal, provider and record, and then an old backup brought back."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.dying_sender import STEPS, TAKEN, site_of
from tests.support.restoring import Site
from workflow.fence import Standing
from workflow.outbox import DeliveryState

MAILS, NEVER = 5, 1_000_000
DEATH = "told"


@pytest.mark.slow
@pytest.mark.fact("B2-2")
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_a_restored_backup_repeats_nothing_and_loses_nothing(
    tmp_path: Path, step: str, times: int
) -> None:
    site = site_of(tmp_path, Site(tmp_path).now, step="", times=NEVER)
    owed = [site.owed(secret=f"token {number}") for number in range(MAILS)]
    backup = site.backup()
    _killed(site, step, times)

    site.restore(backup)
    if site.stand().standing is Standing.FENCED:
        assert site.drain() == 0
        site.reconcile()
    site.drain(hours=1)
    site.drain(hours=1)

    copies = Counter((tmp_path / TAKEN).read_text(encoding="ascii").split())
    states = {str(message.id): site.row(message).state for message in owed}
    assert set(copies.values()) <= {1}
    assert {copies[key] for key, state in states.items() if state is DeliveryState.ACCEPTED} == {1}
    assert set(states.values()) <= {DeliveryState.ACCEPTED, DeliveryState.PARKED}


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_without_a_restore_nothing_is_fenced_and_nothing_lost(tmp_path: Path, step: str) -> None:
    site = site_of(tmp_path, Site(tmp_path).now, step="", times=NEVER)
    owed = [site.owed(secret=f"token {number}") for number in range(MAILS)]
    _killed(site, step, 1)

    site.open()
    standing = site.stand().standing
    site.drain(hours=1)
    site.drain(hours=1)

    copies = Counter((tmp_path / TAKEN).read_text(encoding="ascii").split())
    assert standing is not Standing.FENCED
    assert {site.row(message).state for message in owed} == {DeliveryState.ACCEPTED}
    assert len(copies) == MAILS
    assert sum(copies.values()) - MAILS == (step in ("taken", "told"))


def _killed(site: Site, step: str, times: int) -> None:
    site.queue.store.dispose()
    words = [
        sys.executable,
        "-m",
        "tests.support.dying_sender",
        str(site.folder),
        site.now.isoformat(),
        step,
        str(times),
    ]
    killed = subprocess.run(words, cwd=Path(__file__).parents[2], check=False, timeout=120)
    assert killed.returncode == -9
