"""`bisdesk doctor` says whether officers can come in: the provider is there, is the one agreed on, and signs as agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bisdesk.bootstrap import install
from bisdesk.doctor import examine
from bisdesk.doctor_officers import officers
from bisdesk.examined import Examined
from bisdesk.settings import read_settings
from tests.support.openid import RunningProvider, free_port, openid_provider

pytestmark = pytest.mark.openid
Ask = Callable[..., Examined]


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    """A provider that tells what ACM/IDM tells."""
    with openid_provider() as running:
        yield running


@pytest.fixture
def asked(tmp_path: Path) -> Ask:
    """The line of doctor about officers, under these settings."""

    def ask(**settings: str) -> Examined:
        given = {"BISDESK_ENV": "test", "BISDESK_HOME": str(tmp_path)} | {
            f"BISDESK_OIDC_{name}": value for name, value in settings.items()
        }
        return officers(install(read_settings(given)))

    return ask


def by(issuer: str, **more: str) -> dict[str, str]:
    """The settings of a desk whose officers come in by this provider."""
    return {"ISSUER": issuer, "CLIENT_ID": "bisdesk", "CLIENT_SECRET": "a secret that is never told here", **more}


def test_the_line_stands_among_the_others(tmp_path: Path) -> None:
    found = examine(install(read_settings({"BISDESK_ENV": "test", "BISDESK_HOME": str(tmp_path)})))

    assert [one.ok for one in found if one.name == "officers"] == [True]


def test_a_provider_that_is_as_agreed_is_in_order(provider: RunningProvider, asked: Ask) -> None:
    one = asked(**by(provider.issuer))

    assert (one.ok, one.found) == (True, f"{provider.issuer} answers, only RS256 is believed")


def test_a_provider_that_is_not_there_is_told_with_what_to_do(asked: Ask) -> None:
    one = asked(**by(f"http://127.0.0.1:{free_port()}"))

    assert not one.ok
    assert "cannot be reached" in one.found
    assert "firewall" in one.remedy


def test_a_provider_that_calls_itself_otherwise_is_told(provider: RunningProvider, asked: Ask) -> None:
    one = asked(**by(provider.issuer.replace("127.0.0.1", "localhost")))

    assert not one.ok
    assert "calls itself otherwise" in one.found
    assert "BISDESK_OIDC_ISSUER" in one.remedy


def test_a_provider_that_signs_otherwise_than_is_believed_is_told(provider: RunningProvider, asked: Ask) -> None:
    one = asked(**by(provider.issuer, ALGORITHM="RS512"))

    assert not one.ok
    assert "only RS512 is believed" in one.found
    assert "BISDESK_OIDC_ALGORITHM" in one.remedy


def test_a_provider_without_a_key_of_the_kind_that_is_believed_is_told(provider: RunningProvider, asked: Ask) -> None:
    one = asked(**by(provider.issuer, ALGORITHM="ES256"))

    assert not one.ok
    assert "ES256" in one.found


def test_no_line_tells_the_secret_of_the_desk(provider: RunningProvider, asked: Ask) -> None:
    for issuer in (provider.issuer, f"http://127.0.0.1:{free_port()}"):
        assert "never told" not in repr(asked(**by(issuer)))


@pytest.mark.parametrize(
    ("settings", "found"), [({"ISSUER": "off"}, "off: nobody signs in"), ({}, "development sign-in")], ids=["off", "development"]
)  # fmt: skip
def test_a_desk_without_a_provider_is_in_order_and_says_how_officers_come_in(
    settings: dict[str, str], found: str, asked: Ask
) -> None:
    one = asked(**settings)

    assert one.ok
    assert found in one.found
