"""Reports of mail servers through the doors of the product: the pipe command, and the maildir that a tick works off."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest

from bisdesk.bootstrap import install
from bisdesk.settings import read_settings
from notifications.bounces import BounceAddress
from notifications.reports import LARGEST
from tests.acceptance.desk import Desk
from tests.support import reports
from tests.support.reports import Said

ADDRESS = "bounces@mail.example"
DELIVERED = Said("delivered", "2.0.0")


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """An empty maildir."""
    for part in ("new", "cur", "tmp"):
        (tmp_path / "reports" / part).mkdir(parents=True)
    return tmp_path / "reports"


@pytest.fixture
def listening(lite: Desk, maildir: Path) -> Desk:
    """A desk that reports come home to."""
    lite.set(BOUNCE_ADDRESS=ADDRESS, BOUNCE_MAILDIR=str(maildir))
    return lite


def link_mail(desk: Desk, ref: str) -> str:
    """The id of the mail with the link."""
    return str(next(row["id"] for row in desk.ok("activation", "messages", ref) if row["kind"] == "M1"))


def state_of(desk: Desk, message: str) -> str:
    return str(desk.ok("message", "show", message)["state"])


def home_of(message: str) -> str:
    """The address that reports on a message come home to."""
    bounces = install(read_settings()).bounces
    assert isinstance(bounces, BounceAddress)
    return bounces.sender_of(UUID(message))


def dropped(maildir: Path, name: str, mail: bytes) -> Path:
    """A mail server delivered a mail."""
    (maildir / "tmp" / name).write_bytes(mail)
    return (maildir / "tmp" / name).rename(maildir / "new" / name)


@pytest.mark.fact("B2-3")
def test_a_report_from_a_pipe_moves_its_message(desk: Desk) -> None:
    desk.set(BOUNCE_ADDRESS=ADDRESS)
    ref = desk.issued()
    message = link_mail(desk, ref)

    heard = desk.ok("receipt", "mail", "-", stdin=reports.postfix(home_of(message)))
    again = desk.ok("receipt", "mail", "-", stdin=reports.postfix(home_of(message)))

    assert heard == {"outcome": "moved", "message": message, "status": "bounced"}
    assert again["outcome"] == "kept"
    assert state_of(desk, message) == "bounced"


def test_a_report_whose_recipient_only_the_server_knows_is_matched(listening: Desk, tmp_path: Path) -> None:
    message = link_mail(listening, listening.issued())
    file = tmp_path / "report"
    file.write_bytes(reports.postfix(ADDRESS, DELIVERED))

    heard = listening.ok("receipt", "mail", str(file), "--recipient", home_of(message))

    assert heard == {"outcome": "moved", "message": message, "status": "delivered"}


def test_what_is_no_report_or_not_signed_or_forged_ends_well_and_changes_nothing(listening: Desk) -> None:
    message = link_mail(listening, listening.issued())
    home = home_of(message)
    wrong = home.replace(home.partition(".")[2][:4], "0000")

    outcomes = [
        listening.ok("receipt", "mail", "-", stdin=mail)["outcome"]
        for mail in (
            reports.absence_note(home),
            reports.postfix(ADDRESS),
            reports.postfix(wrong),
            b"",
            b"\x00" * LARGEST,
        )
    ]

    assert outcomes == ["no_report", "unsigned", "forged", "no_report", "no_report"]
    assert state_of(listening, message) == "accepted"


def test_a_report_that_is_too_large_is_taken_from_the_pipe_to_its_end(listening: Desk) -> None:
    message = link_mail(listening, listening.issued())

    heard = listening.ok("receipt", "mail", "-", stdin=reports.gmail(home_of(message)) + b"x" * 20 * LARGEST)

    assert heard["outcome"] == "moved"


def test_while_the_database_is_away_the_server_is_asked_to_come_again(listening: Desk, tmp_path: Path) -> None:
    message = link_mail(listening, listening.issued())
    mail = reports.postfix(home_of(message))
    there = read_settings().database_url
    listening.set(DATABASE_URL=f"sqlite:///{tmp_path}/no/such/folder/bisdesk.db")

    away = listening.run("receipt", "mail", "-", stdin=mail)
    listening.set(DATABASE_URL=there)
    back = listening.run("receipt", "mail", "-", stdin=mail)

    assert (away.code, back.code) == (75, 0)
    assert back.json["outcome"] == "moved"


def test_without_an_address_the_server_keeps_what_it_has(lite: Desk) -> None:
    done = lite.run("receipt", "mail", "-", stdin=reports.postfix(ADDRESS))

    assert done.code == 75
    assert "BISDESK_BOUNCE_ADDRESS" in done.err


def test_a_file_that_is_not_there_is_a_mistake_of_the_caller(listening: Desk) -> None:
    assert listening.run("receipt", "mail", "/no/such/file").code == 6


def test_a_tick_works_off_the_maildir_and_marks_what_it_read(listening: Desk, maildir: Path) -> None:
    message = link_mail(listening, listening.issued())
    dropped(maildir, "1795168803.M1.mx", reports.absence_note(home_of(message)))
    dropped(maildir, "1795168804.M2.mx", reports.postfix(home_of(message)))
    (maildir / "new" / ".hidden").write_bytes(b"")
    (maildir / "new" / "1795168805.link").symlink_to(maildir / "cur")

    ticked = listening.ok("tick", "receipts")

    assert ticked["receipts"] == 2
    assert state_of(listening, message) == "bounced"
    assert sorted(path.name for path in (maildir / "cur").iterdir()) == ["1795168803.M1.mx:2,S", "1795168804.M2.mx:2,S"]
    assert listening.ok("tick", "receipts")["receipts"] == 0


def test_a_mail_read_a_second_time_after_a_crash_changes_nothing(listening: Desk, maildir: Path) -> None:
    ref = listening.issued()
    message = link_mail(listening, ref)
    mail = reports.postfix(home_of(message))
    dropped(maildir, "1795168803.M1.mx", mail)
    listening.ok("tick", "receipts")
    told, queue = listening.events(ref), listening.ok("activation", "messages", ref)

    dropped(maildir, "1795168803.M1.mx", mail)  # as it lay there when the process died before it was put away
    listening.ok("tick", "receipts")

    assert listening.events(ref) == told
    assert listening.ok("activation", "messages", ref) == queue
    assert list((maildir / "new").iterdir()) == []


def test_a_flood_of_mail_is_worked_off_in_one_tick_of_several_rounds(listening: Desk, maildir: Path) -> None:
    message = link_mail(listening, listening.issued())
    for number in range(500):
        dropped(maildir, f"1795168803.M{number:03d}.mx", reports.postfix(ADDRESS))
    dropped(maildir, "1795168804.M0.mx", reports.postfix(home_of(message), DELIVERED))

    ticked = listening.ok("tick", "receipts")

    assert ticked["receipts"] == 501
    assert state_of(listening, message) == "delivered"


def test_while_the_database_is_away_the_maildir_keeps_its_mail(listening: Desk, maildir: Path, tmp_path: Path) -> None:
    message = link_mail(listening, listening.issued())
    file = dropped(maildir, "1795168803.M1.mx", reports.postfix(home_of(message)))
    there = read_settings().database_url
    listening.set(DATABASE_URL=f"sqlite:///{tmp_path}/no/such/folder/bisdesk.db")

    away = listening.run("tick", "receipts")
    listening.set(DATABASE_URL=there)

    assert away.code == 7
    assert file.exists()
    assert listening.ok("tick", "receipts")["receipts"] == 1
    assert state_of(listening, message) == "bounced"


def test_a_maildir_that_is_not_there_stops_no_tick_and_is_named_by_doctor(listening: Desk, maildir: Path) -> None:
    os.rename(maildir / "cur", maildir / "elsewhere")

    ticked = listening.ok("tick", "receipts")
    found = {one["name"]: one for one in listening.run("doctor").json}

    assert ticked["receipts"] == 0
    assert found["reports"]["ok"] is False
    assert "cur is no folder" in found["reports"]["found"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"BOUNCE_ADDRESS": "not an address"}, "BISDESK_BOUNCE_ADDRESS"),
        ({"BOUNCE_ADDRESS": "", "BOUNCE_MAILDIR": "/srv/reports"}, "BISDESK_BOUNCE_MAILDIR"),
    ],
)
def test_a_setting_that_is_wrong_is_named(lite: Desk, wrong: dict[str, str], named: str) -> None:
    lite.set(**wrong)

    done = lite.run("tick", "outbox")

    assert done.code == 7
    assert named in done.err
