"""What a device carries on which somebody signed in: opaque, of one length, good for one name, this installation and a year."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from bisdesk.chance import SystemChance
from bisdesk.web.applicant.seal import Seal
from bisdesk.web.throttle import SITE_V6, neighbourhood
from store.keyring import Keyring

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NAME = "zoe.dubois"


def a_seal(key: bytes = b"a secret key, only for the tests") -> Seal:
    """The seal of an installation."""
    return Seal(Keyring(secret=key, data=b"a data key, nothing but for test"), SystemChance())


def test_a_device_is_known_by_one_number_as_long_as_its_cookie_lives() -> None:
    seal = a_seal()
    cookie = seal.device(NAME, now=NOW)

    numbers = {seal.device_of(cookie, NAME, now=NOW + timedelta(days=days)) for days in (0, 100, 364)}

    assert len(numbers) == 1
    assert None not in numbers


def test_every_device_has_a_number_of_its_own() -> None:
    seal = a_seal()

    first, second = (seal.device_of(seal.device(NAME, now=NOW), NAME, now=NOW) for _ in range(2))

    assert first != second


def test_after_a_year_a_device_is_a_stranger_whatever_the_browser_keeps() -> None:
    seal = a_seal()
    cookie = seal.device(NAME, now=NOW)

    assert seal.device_of(cookie, NAME, now=NOW + timedelta(days=365)) is None


@pytest.mark.parametrize("name", ["zoe.duboi", "marta.nowak", ""])
def test_the_device_of_one_name_is_a_stranger_to_every_other(name: str) -> None:
    seal = a_seal()

    assert seal.device_of(seal.device(NAME, now=NOW), name, now=NOW) is None


@pytest.mark.parametrize("cookie", ["", "A" * 43, "é", "==", "A" * 4000])
def test_what_we_did_not_make_is_no_device(cookie: str) -> None:
    assert a_seal().device_of(cookie, NAME, now=NOW) is None


def test_the_cookie_of_another_installation_is_no_device_and_that_of_a_link_neither() -> None:
    seal, other = a_seal(), a_seal(b"another key, and of another place")

    assert other.device_of(seal.device(NAME, now=NOW), NAME, now=NOW) is None
    assert seal.device_of(seal.link("x" * 43, now=NOW), NAME, now=NOW) is None
    assert seal.token_of(seal.device(NAME, now=NOW), now=NOW) is None


def test_the_cookie_tells_no_name_not_even_by_its_length() -> None:
    seal = a_seal()

    cookies = [seal.device(name, now=NOW) for name in (NAME, "z" * 64, "anna")]

    assert len({len(cookie) for cookie in cookies}) == 1
    assert NAME.encode() not in base64.urlsafe_b64decode(cookies[0] + "==")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:7:1::1", "2001:db8:7::/48"),
        ("no address", "unknown"),
        (None, "unknown"),
    ],
)
def test_who_signs_in_is_counted_by_a_whole_site_of_ipv6(address: str | None, network: str) -> None:
    assert neighbourhood(address, v6=SITE_V6) == network
