"""The clock: aware instants in UTC, and one that is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from freezegun import freeze_time

from bisdesk.clock import ShiftedClock, SystemClock, VirtualClock
from workflow.errors import Unavailable

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_the_system_clock_tells_an_aware_instant_in_utc() -> None:
    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert now > datetime(2020, 1, 1, tzinfo=UTC)


def test_the_system_clock_follows_a_process_that_was_told_another_time() -> None:
    with freeze_time("2031-02-03 04:05:06"):
        assert SystemClock().now() == datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_a_virtual_clock_stands_still_until_it_is_moved() -> None:
    clock = VirtualClock(START)

    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(days=14)) == clock.now() == START + timedelta(days=14)


def test_a_virtual_clock_is_put_to_any_instant_also_an_earlier_one() -> None:
    clock = VirtualClock(START)

    assert clock.set(START - timedelta(days=45)) == clock.now() == START - timedelta(days=45)


def test_a_virtual_clock_tells_utc_whatever_zone_it_was_given() -> None:
    brussels_winter = timezone(timedelta(hours=1))

    assert VirtualClock(START.astimezone(brussels_winter)).now().tzinfo is UTC


def test_a_virtual_clock_is_not_advanced_backwards() -> None:
    clock = VirtualClock(START)

    with pytest.raises(ValueError, match="forward"):
        clock.advance(timedelta(microseconds=-1))

    assert clock.now() == START


def test_a_naive_instant_is_refused() -> None:
    clock = VirtualClock(START)

    with pytest.raises(ValueError, match="time zone"):
        VirtualClock(datetime(2026, 11, 23))
    with pytest.raises(ValueError, match="time zone"):
        clock.set(datetime(2026, 11, 23))


def test_a_shifted_clock_is_that_of_the_machine_until_it_is_moved_and_goes_on_from_there(tmp_path: Path) -> None:
    clock = ShiftedClock(tmp_path / "clock")
    with freeze_time(START) as machine:
        assert clock.now() == START

        assert clock.advance(timedelta(days=14)) == clock.now() == START + timedelta(days=14)
        machine.tick(timedelta(seconds=5))
        assert clock.now() == START + timedelta(days=14, seconds=5)


def test_what_one_process_moved_every_other_sees(tmp_path: Path) -> None:
    with freeze_time(START):
        ShiftedClock(tmp_path / "clock").advance(timedelta(hours=1))

        other = ShiftedClock(tmp_path / "clock")
        assert other.now() == START + timedelta(hours=1)
        other.set(START - timedelta(days=2))
        assert ShiftedClock(tmp_path / "clock").now() == START - timedelta(days=2)


def test_a_shifted_clock_is_not_advanced_backwards_nor_set_to_a_naive_instant(tmp_path: Path) -> None:
    clock = ShiftedClock(tmp_path / "clock")

    with pytest.raises(ValueError, match="forward"):
        clock.advance(timedelta(microseconds=-1))
    with pytest.raises(ValueError, match="time zone"):
        clock.set(datetime(2026, 11, 23))
    assert not (tmp_path / "clock").exists()


@pytest.mark.parametrize("text", ["", "tomorrow", "nan", "inf", "1e300"])
def test_a_file_that_says_nothing_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock").write_text(text)

    with pytest.raises(Unavailable, match="clock does not say"):
        ShiftedClock(tmp_path / "clock").now()
