"""The story of a backup of one day ago, through the command line: fenced, looked at, reconciled, and nothing came twice."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.desk import ANNA, Desk
from tests.support.postgres import Server

OTHER = {
    "person__familyName": "Moreau", "person__givenName": "Luc", "contact__email": "luc.moreau@example.org",
    "contact__mobile": "+33698765432",
}  # fmt: skip


class Backup:
    """A copy of the database of a desk, and of nothing else."""

    def __init__(self, desk: Desk, request: pytest.FixtureRequest) -> None:
        self._desk = desk
        if "postgres" in request.node.callspec.id:
            server: Server = request.getfixturevalue("postgres_server")
            url: str = request.getfixturevalue("postgres_url")
            name = url.rpartition("/")[2]
            server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            server.run(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
            request.addfinalizer(lambda: server.run(f"DROP DATABASE {name}_copy WITH (FORCE)"))
            self.url = f"{url}_copy"
        else:
            copy = desk.folder / "copy.db"
            shutil.copy(desk.folder / "home" / "bisdesk.db", copy)
            self.url = f"sqlite:///{copy}"

    def restore(self) -> None:
        """Go on with the copy; keys, journal, register and captured messages are what they are."""
        self._desk.set(DATABASE_URL=self.url)


def letters(desk: Desk) -> Counter[tuple[str, str]]:
    """What people got, however its Message-ID and date are."""
    mails = [(str(mail["To"]), str(mail.get_body(("plain",)).get_content())) for mail in desk.mails()]
    return Counter([*mails, *(("sms", text) for text in desk.sms())])


@pytest.mark.fact("B2-2", "B1-20", "R8")
def test_a_backup_of_one_day_ago_is_fenced_reconciled_and_nothing_comes_twice(
    desk: Desk, request: pytest.FixtureRequest
) -> None:
    zoe = desk.issued()
    desk.at(2026, 12, 20, 9)  # the evening of this day ends the thirty days
    luc = desk.approved(**OTHER)
    backup = Backup(desk, request)
    desk.at(2026, 12, 21, 9)
    desk.ok("tick", "all")
    before = letters(desk)
    numbers = _numbers(desk)
    assert desk.state(zoe) == "blocked_timeout"

    backup.restore()
    fenced = desk.run("tick", "all")
    looked = desk.ok("restore", "reconcile")
    looked_again = desk.ok("restore", "reconcile", "--apply")
    done = desk.run("restore", "reconcile", "--apply")
    ticked = desk.run("tick", "all")

    assert (fenced.code, fenced.json["fenced"], fenced.json["outbox"], fenced.json["registers"]) == (0, True, 0, 0)
    assert "bisdesk restore reconcile" in fenced.err
    assert (looked["standing"], looked["applied"]) == ("fenced", False)
    assert {**looked_again, "standing": "fenced", "applied": False} == looked
    assert looked["requestsWithALostCreation"] == [luc]
    assert looked["waitingButSent"] >= 1
    assert done.json["standing"] == "open"
    assert (ticked.code, ticked.json["fenced"]) == (0, False)
    assert desk.state(zoe) == "blocked_timeout"
    assert letters(desk) == before
    assert _numbers(desk) == numbers, "nobody was created twice"
    assert desk.state(luc) == "match_review"


def test_the_doctor_says_that_a_database_is_fenced_and_what_to_do(lite: Desk) -> None:
    lite.approved()
    copy = lite.folder / "copy.db"
    shutil.copy(lite.folder / "home" / "bisdesk.db", copy)
    lite.ok("tick", "all")
    lite.set(DATABASE_URL=f"sqlite:///{copy}")

    found = {one["name"]: one for one in lite.run("doctor").json}

    assert not found["journal"]["ok"]
    assert "bisdesk restore reconcile" in found["journal"]["do"]


def test_a_journal_that_was_lost_is_named_and_begins_anew(lite: Desk) -> None:
    lite.approved()
    lite.ok("tick", "all")
    shutil.rmtree(lite.folder / "home" / "journal")

    found = {one["name"]: one for one in lite.run("doctor").json}
    lite.filed(**OTHER)
    ticked = lite.run("tick", "all")

    assert not found["journal"]["ok"]
    assert (ticked.code, ticked.json["fenced"]) == (0, False)
    assert "no send journal" in ticked.err
    assert lite.ok("restore", "reconcile")["standing"] == "open"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps({"installation": "another", "epoch": 4}), "belongs to another installation"),
        ("{half", "is damaged"),
    ],
    ids=["foreign", "damaged"],
)
def test_a_journal_that_cannot_be_trusted_stops_sending_with_one_sentence(lite: Desk, content: str, said: str) -> None:
    lite.approved()
    lite.ok("tick", "all")
    lite.filed(**OTHER)
    before = letters(lite)
    _epoch(lite).write_text(content, encoding="ascii")

    ticked = lite.run("tick", "all", plain=True)

    assert ticked.code == 7
    assert said in ticked.err
    assert letters(lite) == before


def test_nothing_leaves_while_the_journal_cannot_be_written(lite: Desk) -> None:
    lite.filed()
    lite.set(JOURNAL_DIR=str(lite.folder / "full"))
    (lite.folder / "full").mkdir()
    (lite.folder / "full" / "sent-2026-11-20.log").symlink_to("/dev/full")

    ticked = lite.run("tick", "all", plain=True)
    kept = lite.ok("message", "list")
    (lite.folder / "full" / "sent-2026-11-20.log").unlink()
    mended = lite.ok("tick", "all")

    assert ticked.code == 7
    assert "No space left on device" in ticked.err
    assert "nothing is sent" in ticked.err
    assert [row["state"] for row in kept] == ["queued"]
    assert mended["outbox"] == 1
    assert len(lite.mails(ANNA)) == 1


def test_a_database_that_never_sent_has_nothing_to_reconcile(lite: Desk) -> None:
    assert lite.ok("restore", "reconcile")["standing"] == "unused"


def _epoch(desk: Desk) -> Path:
    return desk.folder / "home" / "journal" / "epoch.json"


def _numbers(desk: Desk) -> list[str]:
    """What the register created, as it keeps it."""
    kept = [path for path in (desk.folder / "home").glob("register*") if path.is_file()]
    assert kept
    return [path.read_text(encoding="utf-8") for path in kept]
