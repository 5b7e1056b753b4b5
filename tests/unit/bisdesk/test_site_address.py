"""Where applicants reach their site, in live and before it, and whose word counts for who asks."""

from __future__ import annotations

import pytest

from bisdesk.settings import read_settings
from tests.unit.bisdesk.test_settings_live import RIGHT, refusal

NAME = "BISDESK_APPLICANT_BASE_URL"


def warnings(**given: str) -> tuple[str, ...]:
    """What a rehearsal is warned of."""
    return read_settings({f"BISDESK_{name}": text for name, text in given.items()}).warnings


@pytest.mark.parametrize("env", ["demo", "test"])
@pytest.mark.parametrize(
    "address",
    [
        "https://sleutels.your.example", "https://sleutels.your.example:8443", "https://sleutels.your.example/",
        "http://localhost", "http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080",
        "http://site.localhost:8080",
    ],
)  # fmt: skip
def test_a_host_over_https_or_this_very_machine_is_warned_of_nothing(env: str, address: str) -> None:
    assert warnings(ENV=env, APPLICANT_BASE_URL=address) == ()


@pytest.mark.parametrize(
    "address",
    [
        "http://sleutels.your.example",
        "http://192.0.2.7:8080",
        "ftp://localhost",
        "sleutels.your.example",
        "http://[::1",
    ],
)
def test_a_site_that_can_be_read_on_the_way_is_warned_of_before_it_is_live(address: str) -> None:
    (warning,) = warnings(APPLICANT_BASE_URL=address)

    assert warning.startswith(f"{NAME} must be")
    assert "https://" in warning


@pytest.mark.parametrize("more", ["/keys", "/a/", "/?x=1", "?x=1", "#top"])
def test_a_site_below_a_path_is_warned_of_for_its_links_and_cookies_are_for_the_root(more: str) -> None:
    (warning,) = warnings(APPLICANT_BASE_URL=f"https://sleutels.your.example{more}")

    assert warning == f"{NAME} must be a host alone, without a path: links and cookies are for its root."


def test_the_base_url_is_judged_where_it_stands_for_the_site() -> None:
    assert len(warnings(BASE_URL="http://desk.your.example")) == 1
    assert warnings(BASE_URL="http://desk.your.example", APPLICANT_BASE_URL="https://sleutels.your.example") == ()


@pytest.mark.parametrize(
    "address", ["http://sleutels.your.example", "http://localhost:8080", "https://desk.your.example/keys"]
)
def test_live_refuses_what_a_rehearsal_is_warned_of_and_this_very_machine(address: str) -> None:
    assert f"{NAME} must be" in refusal(**RIGHT | {"APPLICANT_BASE_URL": address})


@pytest.mark.parametrize(
    ("said", "read"),
    [("", None), ("none", ()), ("127.0.0.1", ("127.0.0.1",)), ("10.0.0.5, 10.1.0.0/24", ("10.0.0.5", "10.1.0.0/24"))],
)
def test_that_there_is_no_proxy_is_something_else_than_that_nobody_said_so(
    said: str, read: tuple[str, ...] | None
) -> None:
    assert read_settings({"BISDESK_TRUSTED_PROXIES": said, "BISDESK_ENV": "test"}).trusted_proxies == read


@pytest.mark.parametrize("said", ["proxy.your.example", "none,127.0.0.1", "10.1.0.7/24", "*"])
def test_a_proxy_that_is_no_address_is_refused(said: str) -> None:
    assert "BISDESK_TRUSTED_PROXIES must be addresses or networks" in refusal(TRUSTED_PROXIES=said)


def test_every_other_command_of_live_works_before_a_proxy_is_named() -> None:
    assert refusal(**RIGHT) == ""
