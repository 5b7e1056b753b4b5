"""Taking a list of the desk away as a file (L9): the rows of the page and no more, written down, and safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bisdesk.demo.stage import ANNA, BART
from bisdesk.web.desk.export import filename, safe, written
from tests.support.desk_lists import filed, officer, rows
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow import exporting
from workflow.access import Door
from workflow.work import Narrowed, Tab


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def taken_away(who: Officer, address: str) -> tuple[list[list[str]], bytes, dict[str, str]]:
    """The rows of the file of a list, the file, and the headers that it came with."""
    who.goes(address)
    answer = who.client.post("/desk/lists/export", data=dict(who.hidden("/desk/lists/export")))
    assert answer.status_code == 200
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""))), answer.content, dict(answer.headers)


def test_a_list_is_taken_away_with_the_same_filters_and_it_is_written_down(site: OpenSite) -> None:
    taken, *free = filed(site)
    site.stage.take(taken)
    bart = officer(site, "Bart Claes")

    lines, content, headers = taken_away(bart, "/desk/work?tab=all&state=submitted")

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n") == 3
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-disposition"] == 'attachment; filename="bisdesk-all-2026-11-20.csv"'
    assert headers["cache-control"] == "no-store"
    assert [line[0] for line in lines[1:]] == rows(bart)
    assert sorted(line[0] for line in lines[1:]) == sorted(free)
    looks = [row for row in site.dump()["looks"] if "export" in row]
    assert len(looks) == 1
    assert "tab=all&state=submitted rows=2" in looks[0]


def test_a_file_holds_no_more_of_a_person_than_the_list_shows(site: OpenSite) -> None:
    filed(site, 1)
    _, content, _ = taken_away(officer(site, "Bart Claes"), "/desk/work?tab=all")

    assert b"Dubois" in content
    for told in ("1985", "zoe.dubois", "+336", "880692310285", "Zoutstraat"):
        assert told.encode() not in content


def test_an_end_user_takes_away_nothing_of_another_entity(site: OpenSite) -> None:
    ref = filed(site, 1)[0]

    def move(door: Door) -> None:
        door.uow.directory.put_user(replace(door.uow.directory.by_email(ANNA), entity="OVO000009"))

    site.stage.act(BART, move)
    anna = officer(site, "Anna Peeters").goes("/desk/work?tab=all")
    form = dict(anna.hidden("/desk/sign-out"))

    answer = anna.client.post("/desk/lists/export", data=form | {"back": "tab=all&entity=OVO002949"})

    assert (answer.status_code, ref.encode() in answer.content) == (200, False)


def test_no_link_takes_a_list_away(site: OpenSite) -> None:
    filed(site, 1)
    bart = officer(site, "Bart Claes")

    assert bart.goes("/desk/lists/export").path == "/desk/work"
    assert bart.client.post("/desk/lists/export", data={"form": "x"}).status_code == 403
    assert site.dump()["looks"] == []


def test_a_long_list_is_cut_where_its_page_says_and_its_name_tells(site: OpenSite) -> None:
    filed(site, 5)

    def take(door: Door) -> int:
        return len(exporting.export(door, Tab.ALL, Narrowed(), query="tab=all", most=2))

    assert site.stage.act(BART, take) == 2
    assert "Ten hoogste 5000 rijen" in officer(site, "Bart Claes").goes("/desk/work?tab=all").text
    day = site.stage.now.date()
    assert filename(Tab.ALL, day, exporting.MOST) == "bisdesk-all-2026-11-20-first-5000.csv"
    assert filename(Tab.ALL, day, exporting.MOST - 1) == "bisdesk-all-2026-11-20.csv"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\uff1d"])
def test_no_cell_is_a_formula(begin: str) -> None:
    line = [f"{begin}HYPERLINK(1)", 'say "x", y', "Ünïcode"]

    content = written([line])

    assert next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) == [f"'{line[0]}", *line[1:]]
    assert safe("Dubois, Zoë") == "Dubois, Zoë"
