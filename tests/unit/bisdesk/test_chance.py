"""Chance: identifiers that carry their instant, even draws, tokens of 256 bits, and a seed that replays a story."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bisdesk.chance import SeededChance, SystemChance
from workflow.ports_chance import Chance

NOW = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)
INSTANTS = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(9999, 1, 1), timezones=st.just(UTC))


@pytest.fixture(params=[SystemChance, lambda: SeededChance(7)], ids=["system", "seeded"])
def chance(request: pytest.FixtureRequest) -> Chance:
    made: Chance = request.param()
    return made


def test_an_identifier_is_a_uuid_of_version_seven_with_its_millisecond_in_front(chance: Chance) -> None:
    made = chance.uuid(NOW)

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


def test_identifiers_of_one_instant_rise_in_the_order_in_which_they_were_drawn(chance: Chance) -> None:
    made = [chance.uuid(NOW) for _ in range(500)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


@given(instants=st.lists(INSTANTS, min_size=2, max_size=20, unique=True))
def test_identifiers_sort_as_their_instants_do(instants: list[datetime]) -> None:
    chance = SeededChance(1)

    made = [chance.uuid(instant) for instant in sorted(instants)]

    assert made == sorted(made)


def test_a_clock_that_is_put_back_gives_identifiers_of_the_earlier_instant(chance: Chance) -> None:
    later, earlier = chance.uuid(NOW), chance.uuid(NOW - timedelta(days=1))

    assert earlier < later


def test_an_instant_without_a_time_zone_has_no_identifier(chance: Chance) -> None:
    with pytest.raises(ValueError, match="time zone"):
        chance.uuid(datetime(2026, 11, 23))


def test_every_character_of_the_alphabet_is_drawn_about_as_often(chance: Chance) -> None:
    counted = Counter(chance.pick("ABCD", 8000))

    assert set(counted) == set("ABCD")
    assert all(1700 < count < 2300 for count in counted.values())


def test_as_many_characters_are_drawn_as_asked(chance: Chance) -> None:
    assert chance.pick("A", 20) == "A" * 20
    assert chance.pick("AB", 0) == ""


def test_a_token_holds_256_bits_without_padding(chance: Chance) -> None:
    tokens = {chance.token() for _ in range(100)}

    assert len(tokens) == 100
    for token in tokens:
        assert len(base64.urlsafe_b64decode(token + "=")) == 32
        assert "=" not in token


def test_one_seed_tells_the_same_story_again_and_another_seed_another_one() -> None:
    def story(seed: int) -> list[UUID | str]:
        chance = SeededChance(seed)
        return [chance.uuid(NOW), chance.pick("ABCD", 20), chance.token(), chance.uuid(NOW)]

    assert story(7) == story(7)
    assert set(story(7)).isdisjoint(story(8))


def test_two_system_sources_never_draw_alike() -> None:
    one, other = SystemChance(), SystemChance()

    assert one.token() != other.token()
    assert one.uuid(NOW) != other.uuid(NOW)
