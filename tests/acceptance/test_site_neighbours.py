"""Who asks: only the proxies of the settings may say so, and no neighbourhood knocks too often (rate limits, F61)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.site import OpenSite, issued_site

BEHIND = {"BISDESK_TRUSTED_PROXIES": "127.0.0.1,192.0.2.0/24"}
LINK = "/a/" + "x" * 43


def knocks(site: OpenSite, count: int, said: str = "", **headers: str) -> list[int]:
    """The answers to so many links followed by one who says to come from there."""
    person = site.person(**({"X-Forwarded-For": said} if said else {}), **headers)
    return [person.client.get(LINK).status_code for _ in range(count)]


def test_the_sixty_first_link_of_a_minute_is_told_to_wait_in_the_language_of_the_browser(tmp_path: Path) -> None:
    with issued_site(tmp_path / "home") as site:
        assert knocks(site, 60) == [303] * 60
        person = site.person(**{"Accept-Language": "de-BE"})

        answer = person.get(LINK)

        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
        assert (person.name, person.language) == ("trouble", "de")
        assert "x" * 43 not in person.page, "the switch of languages leads to a page without the link"
        assert "act" not in person.client.cookies
        person.get("/activate/reference")
        assert person.status == 200, "only links are counted"


def test_a_header_of_a_stranger_changes_nothing(tmp_path: Path) -> None:
    with issued_site(tmp_path / "home") as site:
        told = [status for number in range(61) for status in knocks(site, 1, f"198.51.{number}.1")]

        assert told == [303] * 60 + [429]


def test_a_proxy_of_ours_says_who_asks_and_each_neighbourhood_has_its_own_count(tmp_path: Path) -> None:
    with issued_site(tmp_path / "home", settings=BEHIND) as site:
        assert knocks(site, 61, "198.51.100.1") == [303] * 60 + [429]

        assert knocks(site, 1, "198.51.100.254") == [429], "a neighbour of a /24"
        assert knocks(site, 1, "198.51.101.1") == [303]
        assert knocks(site, 1, "::ffff:198.51.100.9") == [429], "the same address in another dress"
        assert knocks(site, 60, "2001:db8:0:1::1") == [303] * 60
        assert knocks(site, 1, "2001:db8:0:1:ffff::2") == [429], "a neighbour of a /64"
        assert knocks(site, 1, "2001:db8:0:2::1") == [303]


def test_what_a_client_puts_before_the_proxy_is_not_believed(tmp_path: Path) -> None:
    with issued_site(tmp_path / "home", settings=BEHIND) as site:
        told = [status for number in range(61) for status in knocks(site, 1, f"203.0.{number}.1, 198.51.100.7")]

        assert told == [303] * 60 + [429], "the last address that is no proxy counts"
        assert knocks(site, 1, "203.0.113.1, 198.51.100.8, 192.0.2.77") == [429], "through two proxies of ours"


@pytest.mark.parametrize(
    "said", ["no address", "' OR 1=1", "[::1", "1.2.3.4:99999", "999.1.1.1", "é", "x" * 4000, ",,,", "unknown"]
)
def test_nonsense_of_a_proxy_is_a_neighbourhood_of_its_own(tmp_path: Path, said: str) -> None:
    with issued_site(tmp_path / "home", settings=BEHIND) as site:
        person = site.person()

        answer = person.client.get(LINK, headers={"X-Forwarded-For": said.encode()})
        shown = person.client.get("/activate/reference", headers={"X-Forwarded-For": said.encode()})

        assert (answer.status_code, shown.status_code) == (303, 200)


def test_a_forwarded_host_or_protocol_changes_no_address_of_ours(tmp_path: Path) -> None:
    with issued_site(tmp_path / "home", settings=BEHIND) as site:
        elsewhere = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        person = site.person()

        answer = person.client.get(LINK, headers=elsewhere)
        page = person.client.get("/activate/reference", headers=elsewhere)

        assert answer.headers["location"] == "/activate"
        assert "evil.example" not in page.text + str(page.headers)
        assert "strict-transport-security" not in page.headers
