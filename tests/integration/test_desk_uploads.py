"""Papers through the page of the desk: polyglots, bombs, nothing at all, viruses, no scanner: refused in words, nothing kept.

What is kept is a fresh copy, and no answer of the desk ever hands a file on as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import papers
from tests.support.clamav import Daemon, daemon, nobody_listens
from tests.support.filer import ANSWERS, PAPERS, draft
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow.access import Door
from workflow.model import Attachment, Slot

BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "0 byte": (lambda: b"", "is leeg"),
    "gif": (lambda: b"GIF89a" + b"\0" * 40, "geen PDF, JPEG of PNG"),
    "svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + papers.SECRET + b"</svg>", "geen PDF, JPEG of PNG"),
    "heic": (papers.heic, "geen PDF, JPEG of PNG"),
    "zip": (papers.zipped, "geen PDF, JPEG of PNG"),
    "half a picture": (lambda: papers.png()[:60], "beschadigd"),
    "picture bomb": (lambda: papers.empty_png(30_000, 30_000), "te groot om te openen"),
    "encrypted": (lambda: papers.encrypted("secret"), "wachtwoord"),
    "many pages": (lambda: papers.of_many_pages(40), "20 bladzijden"),
    "deflate bomb": (lambda: papers.deflate_bomb(600), ""),
    "nested bomb": (papers.nested_bomb, ""),
    "program inside": (lambda: next(iter(papers.acting().values())), "programma"),
    "too heavy": (lambda: papers.jpeg() + b"\0" * (10 * 2**20), "groter dan 10 MB"),
}  # fmt: skip


@pytest.fixture(scope="module")
def clamd_running() -> Iterator[Daemon]:
    """A real daemon that knows one virus."""
    with daemon(papers.EICAR) as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, clamd_running: Daemon) -> Iterator[OpenSite]:
    """A desk whose papers are scanned."""
    home = tmp_path_factory.mktemp("uploads") / "home"
    with open_site(home, settings={"BISDESK_CLAMD": clamd_running.tcp}) as opened:
        yield opened


@pytest.fixture
def anna(site: OpenSite) -> Officer:
    """An end user at her desk."""
    return Officer(site.base, "Anna Peeters", site.people).signs_in()


def attaches(site: OpenSite, anna: Officer, scan: bytes) -> str:
    """A draft whose last page is sent with this scan; the reference."""
    ref = draft(site, until="papers")
    path = f"/desk/requests/{ref}/file/papers"
    anna.goes(path).sends(path, {"scan": scan, "declaration": PAPERS["declaration"]}, **ANSWERS["papers"])
    return ref


def kept(site: OpenSite, ref: str) -> list[Attachment]:
    """The papers that are stored of a request."""

    def read(door: Door) -> list[Attachment]:
        case, _ = door.uow.cases.request(ref, now=door.now)
        found = [door.uow.people.attachment(case.id, slot) for slot in Slot]
        return [paper for paper in found if paper]

    return site.stage.act("anna@entity.example", read)


@pytest.mark.parametrize("name", BAD)
def test_a_paper_that_is_not_fit_is_refused_in_words_and_nothing_is_kept(
    site: OpenSite, anna: Officer, name: str
) -> None:
    make, words = BAD[name]
    ref = attaches(site, anna, make())

    assert anna.status == 422
    assert words in anna.text
    assert 'id="scan-error"' in anna.page
    assert kept(site, ref) == []


def test_a_virus_is_found_by_a_real_scanner_and_not_kept(site: OpenSite, anna: Officer) -> None:
    ref = attaches(site, anna, papers.jpeg() + papers.EICAR)

    assert (anna.status, "virusscanner vond iets" in anna.text, kept(site, ref)) == (422, True, [])


@pytest.mark.parametrize("tail", [papers.zipped(), papers.SECRET], ids=["zip", "script"])
def test_what_hides_behind_a_picture_is_not_kept_with_it(site: OpenSite, anna: Officer, tail: bytes) -> None:
    ref = attaches(site, anna, papers.jpeg() + tail)

    assert anna.path == f"/desk/requests/{ref}/file/check"
    scan = next(paper for paper in kept(site, ref) if paper.slot is Slot.SCAN)
    assert tail not in scan.content
    assert scan.content[:3] == b"\xff\xd8\xff"


def test_without_a_scanner_nothing_is_accepted_and_the_page_says_so(tmp_path: Path) -> None:
    with open_site(tmp_path / "home", settings={"BISDESK_CLAMD": nobody_listens()}) as site:
        anna = Officer(site.base, "Anna Peeters", site.people).signs_in()
        ref = attaches(site, anna, papers.jpeg())

        assert (anna.status, "virusscanner antwoordt niet" in anna.text, kept(site, ref)) == (422, True, [])
