"""Papers on the command line go through the same gate as everywhere: what is refused changes nothing, and nothing of it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.desk import ANNA, Desk, Result
from tests.support import papers
from tests.support.clamav import Odd, nobody_listens, odd_daemon

ACTING = papers.acting()


def submitted(desk: Desk, scan: bytes, declaration: bytes = papers.smallest_pdf()) -> Result:
    """File a request with these papers, whose names say nothing."""
    names = [desk.folder / name for name in ("first.png", "second.png")]
    for name, content in zip(names, (scan, declaration), strict=True):
        name.write_bytes(content)
    given = ("--scan", str(names[0]), "--declaration", str(names[1]))
    return desk.run("request", "submit", desk.request_file(), *given, as_=ANNA)


def refused(done: Result) -> dict[str, str]:
    """Which papers were refused, each with its code."""
    assert done.code == 6, done
    return {field["path"]: field["code"] for field in done.json["fields"]}


def test_small_right_papers_are_taken_without_a_word(lite: Desk) -> None:
    done = submitted(lite, papers.png())

    assert done.code == 0, done
    assert done.json["state"] == "submitted"
    assert "stand-in" not in done.err


@pytest.mark.parametrize(
    ("scan", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "type"), (papers.heic(), "type"), (papers.other("GIF"), "type"),
        (papers.empty_png(40_000, 40_000), "too_many_pixels"), (ACTING["javascript as it opens"], "active_content"),
        (ACTING["an embedded file"], "active_content"), (papers.encrypted("secret"), "password"),
        (papers.pdf(21), "too_many_pages"),
        (papers.jpeg((800, 800))[:-900], "damaged"), (b"", "empty"), (bytes(10 * 1024 * 1024 + 1), "too_large"),
    ],
    ids=["svg", "heic", "gif", "bomb", "javascript", "embedded", "password", "pages", "damaged", "empty", "large"],
)  # fmt: skip
def test_a_paper_that_is_not_safe_is_a_wrong_field(lite: Desk, scan: bytes, why: str) -> None:
    assert refused(submitted(lite, scan)) == {"scan": why}
    assert lite.ok("request", "list") == []


def test_both_papers_are_told_at_once(lite: Desk) -> None:
    assert refused(submitted(lite, b"<html/>", papers.encrypted())) == {"scan": "type", "declaration": "password"}


def test_a_draft_and_a_correction_go_through_the_gate_as_well(lite: Desk) -> None:
    bad = lite.folder / "bad.pdf"
    bad.write_bytes(ACTING["launch on a link"])
    ref = lite.ok("request", "draft", lite.request_file(), as_=ANNA)["ref"]

    for words in (("draft", lite.request_file()), ("update", ref, lite.request_file())):
        done = lite.run("request", *words, "--declaration", str(bad), as_=ANNA)

        assert refused(done) == {"declaration": "active_content"}


def test_while_the_scanner_is_down_one_is_asked_to_try_again(lite: Desk) -> None:
    lite.set(CLAMD=nobody_listens())

    done = submitted(lite, papers.png())

    assert done.code == 7
    assert "Try again in a moment" in done.err
    assert lite.ok("request", "list") == []
    line = next(one for one in lite.run("doctor").json if one["name"] == "scanner")
    assert not line["ok"]


def test_what_the_scanner_finds_is_refused_and_kept_nowhere(lite: Desk) -> None:
    with odd_daemon(Odd(b"stream: Worm FOUND\0")) as odd:
        lite.set(CLAMD=odd.where)

        assert refused(submitted(lite, papers.jpeg())) == {"scan": "infected", "declaration": "infected"}

    assert lite.ok("request", "list") == []


@pytest.mark.parametrize("secret", [papers.SECRET])
def test_nothing_of_a_refused_paper_stays_on_the_disk(lite: Desk, secret: bytes) -> None:
    submitted(lite, ACTING["an embedded file"].replace(b"%PDF-", b"%PDF-1.7 " + secret + b"\n%PDF-", 1))

    home: Path = lite.folder / "home"
    assert [path for path in home.rglob("*") if path.is_file() and secret in path.read_bytes()] == []


def test_a_stand_in_is_taken_outside_live_and_named(lite: Desk) -> None:
    done = submitted(lite, b"scan")

    assert done.code == 0, done
    assert "the scan is a stand-in that nobody can open" in done.err
