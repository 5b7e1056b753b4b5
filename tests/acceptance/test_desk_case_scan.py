"""The paper beside the data: every page of it, for whoever may see the case, with who looked written on it and written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bisdesk.demo.stage import BART
from tests.support import papers
from tests.support.desk_case import file_with, looks_at, with_role
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow import registrations
from workflow.model import Reason, Role

PICTURE = re.compile(r'<img class="sheet__page[^>]* src="([^"]+)"')
OTHER = "OVO000009"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def officer(site: OpenSite, name: str) -> Officer:
    return Officer(site.base, name, site.people).signs_in()


def size(content: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(content)).size


def test_the_scan_stands_beside_the_data_as_a_fresh_picture_that_nobody_keeps(site: OpenSite) -> None:
    uploaded = papers.png((900, 600))
    ref = file_with(site, "zoe-dubois", scan=uploaded)
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}/person")

    told = bart.client.get(PICTURE.findall(bart.page)[0])

    assert "Dubois" in bart.text
    assert (told.status_code, told.headers["content-type"]) == (200, "image/jpeg")
    assert told.headers["cache-control"] == "no-store"
    assert size(told.content) == (900, 600)
    assert told.content != uploaded


def test_the_viewer_and_the_time_stand_on_the_picture(site: OpenSite) -> None:
    ref = file_with(site, "zoe-dubois")
    path = f"/desk/requests/{ref}/papers/scan/1"
    bart, dirk = officer(site, "Bart Claes"), officer(site, "Dirk Maes")

    seen = bart.client.get(path).content
    again, other = bart.client.get(path).content, dirk.client.get(path).content
    site.clock.advance(timedelta(minutes=5))
    later = bart.client.get(path).content

    assert seen == again
    assert seen != other
    assert seen != later


def test_every_page_of_a_document_can_be_read(site: OpenSite) -> None:
    ref = file_with(site, "zoe-dubois", declaration=papers.pdf(3))
    bart = officer(site, "Bart Claes")

    seen = []
    for page in (1, 2, 3):
        bart.goes(f"/desk/requests/{ref}/person?paper=declaration&page={page}")
        address = PICTURE.findall(bart.page)[0]
        assert address.startswith(f"/desk/requests/{ref}/papers/declaration/{page}")
        seen.append(bart.client.get(address).status_code)

    assert seen == [200, 200, 200]
    assert bart.goes(f"/desk/requests/{ref}/papers/declaration/4").status == 404


@pytest.mark.parametrize(
    ("turned", "expected"), [(0, (900, 600)), (90, (600, 900)), (180, (900, 600)), (270, (600, 900))]
)
def test_a_page_is_turned_by_links(site: OpenSite, turned: int, expected: tuple[int, int]) -> None:
    ref = file_with(site, "zoe-dubois")
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}/person")

    links = re.findall(r'href="([^"]+)#paper"[^>]*>\s*' + f"{turned}°", bart.page)
    bart.goes(links[0].replace("&amp;", "&"))

    assert size(bart.client.get(PICTURE.findall(bart.page)[0]).content) == expected


@pytest.mark.parametrize("zoom", [100, 150, 200])
def test_a_page_is_made_larger_by_links(site: OpenSite, zoom: int) -> None:
    ref = file_with(site, "zoe-dubois")
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}/person?zoom={zoom}&turned=90")

    assert f"sheet__page--{zoom}" in bart.page
    assert "turned=90" in PICTURE.findall(bart.page)[0]


@pytest.mark.parametrize(
    "rest",
    ["scan/0", "scan/2", "scan/-1", "scan/x", "scan/1?turned=45", "scan/1?turned=x", "passport/1", "scan/9999999"],
)
def test_what_is_no_page_is_not_found_and_nobody_looked(site: OpenSite, rest: str) -> None:
    ref = file_with(site, "zoe-dubois")

    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}/papers/{rest}")

    assert bart.status == 404
    assert looks_at(site, ref) == []


def test_an_address_asks_only_for_what_there_is(site: OpenSite) -> None:
    ref = file_with(site, "zoe-dubois")

    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}/person?paper=x&page=99&zoom=7&turned=<b>")

    assert bart.status == 200
    assert PICTURE.findall(bart.page) == [f"/desk/requests/{ref}/papers/scan/1?turned=0"]


def test_each_page_that_is_shown_is_written_down_with_who_looked(site: OpenSite) -> None:
    ref = file_with(site, "zoe-dubois")
    bart, anna = officer(site, "Bart Claes"), officer(site, "Anna Peeters")

    bart.goes(f"/desk/requests/{ref}/person")
    assert looks_at(site, ref) == []  # the page shows no paper yet: its picture does
    bart.client.get(f"/desk/requests/{ref}/papers/scan/1")
    anna.client.get(f"/desk/requests/{ref}/papers/declaration/2")

    told = looks_at(site, ref)
    assert [(str(one.what), one.told, one.role) for one in told] == [
        ("scan", "1", "service_desk"), ("declaration", "2", "end_user"),
    ]  # fmt: skip
    assert len({one.actor for one in told}) == 2
    assert all(one.at == site.stage.now for one in told)


def test_without_rights_nothing_is_shown_and_nothing_is_written(site: OpenSite) -> None:
    ref = file_with(site, "zoe-dubois")
    path = f"/desk/requests/{ref}/papers/scan/1"
    nobody = Officer(site.base, "nobody", site.people)
    foreign = with_role(site, "Fien Vreemd", Role.END_USER, OTHER)
    admin = with_role(site, "Ad Min", Role.LOCAL_ADMIN)
    operator = with_role(site, "Op Erator", Role.OPERATOR)

    assert nobody.goes(path).path == "/desk/sign-in"
    assert foreign.goes(path).status == 404
    assert foreign.goes(f"/desk/requests/{ref}/person").status == 404
    assert admin.goes(path).status == 403
    assert operator.goes(path).status == 403
    assert looks_at(site, ref) == []


@pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.AUDITOR])
def test_lead_and_auditor_see_the_paper_and_who_looked(site: OpenSite, role: Role) -> None:
    ref = file_with(site, "zoe-dubois")
    officer(site, "Bart Claes").client.get(f"/desk/requests/{ref}/papers/declaration/2")
    watcher = with_role(site, "Wil Watcher", role)

    assert watcher.client.get(f"/desk/requests/{ref}/papers/scan/1").status_code == 200

    watcher.goes(f"/desk/requests/{ref}/timeline?lang=en")
    assert "Bart Claes Declaration, page 2" in watcher.text
    assert "Wil Watcher Scan, page 1" in watcher.text


@pytest.mark.parametrize("name", ["Bart Claes", "Anna Peeters"])
def test_nobody_else_is_told_who_looked(site: OpenSite, name: str) -> None:
    ref = file_with(site, "zoe-dubois")
    officer(site, "Dirk Maes").client.get(f"/desk/requests/{ref}/papers/declaration/2")

    told = officer(site, name).goes(f"/desk/requests/{ref}/timeline?lang=en").text

    assert "Dirk Maes" not in told
    assert "page 2" not in told


def test_a_stand_in_is_told_to_be_one_and_breaks_nothing(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes")

    for paper in ("scan", "declaration"):
        bart.goes(f"/desk/requests/{ref}/person?paper={paper}&lang=en")
        assert (bart.status, PICTURE.findall(bart.page)) == (200, [])
        assert "No picture of this paper can be shown" in bart.text
        assert bart.goes(f"/desk/requests/{ref}/papers/{paper}/1").status == 404
    assert looks_at(site, ref) == []


def test_a_paper_that_was_erased_is_not_shown_however_late_the_sweep_is(site: OpenSite) -> None:
    withdrawn, lapsed = file_with(site, "zoe-dubois"), file_with(site, "marta-nowak")
    site.stage.act(BART, lambda door: registrations.withdraw(door, withdrawn, Reason("applicant")))
    site.stage.take(lapsed)
    site.stage.ask(lapsed, ("contact.email",), "Welk adres?")
    site.clock.advance(timedelta(days=15))  # the answer is late, and nothing ticked
    bart = officer(site, "Bart Claes")

    for ref in (withdrawn, lapsed):
        bart.goes(f"/desk/requests/{ref}/person?lang=en")
        assert PICTURE.findall(bart.page) == []
        assert "not attached or was erased" in bart.text
        assert bart.goes(f"/desk/requests/{ref}/papers/scan/1").status == 404
    site.clock.advance(timedelta(days=40))
    bart.signs_in().goes(f"/desk/requests/{withdrawn}/person?lang=en")
    assert "Dubois" not in bart.page
    assert "data are erased" in bart.text
    assert bart.goes(f"/desk/requests/{withdrawn}/papers/scan/1").status == 404
    assert looks_at(site, withdrawn) == []
