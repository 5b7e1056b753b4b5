"""What goes wrong at a desk: each one clear sentence with the next step, the documented exit code, and nothing lost."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.acceptance.desk import ANNA, BART, Desk


@pytest.mark.fact("3.27", "AM3-1", "3.28")
def test_a_file_with_many_faults_names_them_all_and_stores_nothing(desk: Desk) -> None:
    file = desk.request_file(
        person__birthDate="2031-02-30", person__sex="Q", contact__email="no address", contact__mobile="1700",
        residence__country="BE", contact__language="es", document__type="driving_licence", eligibility__noValidEid=False,
        officer="bart@desk.example", person__familyName=..., identityCheck__declarationDate="2026-11-01", surprise=1,
    )  # fmt: skip

    done = desk.run("request", "submit", file, "--scan", "/nowhere/scan.png", as_=ANNA)

    assert done.code == 6
    paths = {field["path"] for field in done.json["fields"]}
    assert paths >= {
        "person.birthDate", "person.sex", "contact.email", "contact.mobile", "residence.country", "contact.language",
        "document.type", "eligibility.noValidEid", "person.familyName", "surprise", "scan",
    }  # fmt: skip
    for path in paths:
        assert f"  {path}: " in done.err
    assert desk.ok("request", "list") == []


HOSTILE = {
    "not json": b"{",
    "not an object": b"[1, 2]",
    "empty": b"",
    "wrong encoding": '{"person": {"givenName": "Zoë"}}'.encode("utf-16"),
    "latin-1": '{"person": {"givenName": "Zoë"}}'.encode("latin-1"),
    "NUL": b'{"person": {"givenName": "Zo\\u0000e"}}',
    "lone surrogate": b'{"person": {"givenName": "Zo\\ud800e"}}',
    "right-to-left override": '{"person": {"givenName": "Zo\u202ee"}}'.encode(),
    "control characters": b'{"person": {"givenName": "Zo\\u0007\\u001be"}}',
    "a megabyte": b'{"person": {"givenName": "' + b"Z" * 1_000_000 + b'"}}',
    "deep": b"[" * 100_000,
    "deep objects": b'{"person":' * 5_000,
    "NaN": b'{"person": NaN}',
    "a huge number": b'{"noteNumber": ' + b"9" * 10_000 + b"}",
    "the same field twice": b'{"entity": "OVO002949", "entity": "OVO002949"}',
    "numbers for texts": b'{"person": {"givenName": 7, "birthDate": 19850715}, "entity": null, "kind": []}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_gives_a_traceback(lite: Desk, name: str) -> None:
    done = lite.run("request", "submit", "-", *lite.papers(), as_=ANNA, stdin=HOSTILE[name])

    assert done.code == 6
    assert done.json["fields"]
    assert "Traceback" not in done.err
    assert lite.ok("request", "list") == []


def test_a_missing_paper_can_never_be_waived(lite: Desk) -> None:
    done = lite.run("request", "submit", lite.request_file(), as_=ANNA)

    assert done.code == 6
    assert {field["path"] for field in done.json["fields"]} == {"scan", "declaration"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("request", "show", "BR-2026-00000-00"), 5),
        (("activation", "show", "AC-2026-00000-00"), 5),
        (("activation", "enter-code", "AC-2026-00000-00", "ABCDE ABCDE ABCDE ABCDE"), 5),
        (("request", "show", "'; DROP TABLE cases; --"), 5),
        (("message", "show", "no-id"), 5),
        (("message", "show", "01900000-0000-7000-8000-000000000000"), 5),
        (("lifecycle", "show", "nothing"), 5),
        (("message", "preview", "M99"), 5),
        (("message", "preview"), 6),
        (("message", "preview", "M1", "--lang", "it"), 6),
        (("message", "preview", "M1", "--html", "no/such/folder/m1.html"), 6),
        (("request", "do", "BR-2026-00000-00", "fly", "--as", BART), 2),
        (("request", "fly"), 2),
        (("request", "do", "BR-2026-00000-00", "take"), 2),
        (("request", "do", "BR-2026-00000-00", "take", "--as", "nobody@nowhere.example"), 3),
        (("request", "do", "BR-2026-00000-00", "take", "--as", "nonsense"), 3),
        (("request", "list", "--due", "tomorrow"), 6),
        (("tick", "everything"), 2),
    ],
)
def test_every_wrong_command_says_no_in_one_sentence(lite: Desk, words: tuple[str, ...], code: int) -> None:
    done = lite.run(*words)

    assert done.code == code
    assert done.err.strip()
    assert "Traceback" not in done.err


def test_without_tables_the_next_step_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path, monkeypatch)
    desk.set(HOME=str(tmp_path / "home"))

    done = desk.run("request", "list")

    assert done.code == 7
    assert "bisdesk db upgrade" in done.err
    assert desk.run("db", "check").code == 7
    found = desk.run("doctor")
    assert found.code == 1
    assert found.out.count("bisdesk db upgrade") == 1, "said once, not by every part that needs the tables"
    assert {one["found"] for one in found.json if one["name"] in ("clock", "queue", "gates", "journal", "canary")} == {
        "not examined without the database"
    }


@pytest.mark.postgres
def test_a_database_that_is_down_is_said_without_its_password(lite: Desk) -> None:
    lite.set(DATABASE_URL="postgresql://desk:hunter2@127.0.0.1:1/none")

    done = lite.run("request", "list")

    assert done.code == 7
    assert "hunter2" not in done.out + done.err


def test_another_key_is_refused_and_touches_nothing(lite: Desk) -> None:
    activation = lite.issued()
    key = lite.folder / "home" / "keys" / "secret_key"
    right = key.read_text()
    key.write_text("kJ8xHk2bE0tq1m4nV7yZ3wR6uP9sD5fG8hL0aC2eI4o=\n")

    done = lite.run("activation", "enter-code", activation, lite.code())

    assert done.code == 7
    assert "key" in done.err
    key.write_text(right)
    assert lite.ok("activation", "show", activation)["attemptsLeft"] == 3


def test_live_refuses_to_start_on_made_up_parts_and_names_each_line_that_mends_it(lite: Desk) -> None:
    lite.set(ENV="live")

    done = lite.run("request", "list")

    assert done.code == 7
    for name in ("SECRET_KEY_FILE", "DATA_KEY_FILE", "SMTP_URL", "SMS_URL", "REGISTER_URL", "BASE_URL", "MAIL_FROM"):
        assert f"BISDESK_{name}" in done.err
    assert lite.run("db", "seed").code == 7


def test_an_unknown_setting_is_told_and_harms_nothing(lite: Desk) -> None:
    lite.set(SMTP_ULR="smtp://127.0.0.1")

    done = lite.run("request", "list")

    assert done.code == 0
    assert json.loads(done.out) == []
    assert "BISDESK_SMTP_ULR" in done.err
    for words in (("tick", "all"), ("db", "check"), ("message", "lint"), ("lifecycle", "check")):
        assert "BISDESK_SMTP_ULR" in lite.run(*words).err, words


def test_a_mail_server_that_is_down_costs_nothing_and_the_queue_says_so(desk: Desk) -> None:
    desk.set(SMTP_URL="smtp://127.0.0.1:9?starttls=never")
    ref = desk.approved()

    ticked = desk.ok("tick", "all")

    assert ticked["queue"]["queued"] >= 3
    activation = desk.ok("request", "show", ref)["activation"]
    assert desk.state(activation) == "issuing"
    desk.set(SMTP_URL=f"capture:{desk.folder}/home/mail")
    desk.later(hours=1).ok("tick", "all")
    assert desk.state(activation) == "awaiting_code"
    assert len(desk.mails("zoe.dubois")) == 2


@pytest.mark.fact("B2-remint")
def test_an_outage_of_more_than_a_day_eats_nobodys_fourteen_days(desk: Desk) -> None:
    desk.set(SMTP_URL="smtp://127.0.0.1:9?starttls=never", SMS_URL="twilio://AC0:token@Bisdesk?base=http://127.0.0.1:9")
    ref = desk.approved()
    desk.ok("tick", "all")
    activation = desk.ok("request", "show", ref)["activation"]

    desk.set(SMTP_URL=f"capture:{desk.folder}/home/mail", SMS_URL=f"capture:{desk.folder}/home/sms")
    desk.later(days=3).ok("tick", "all")

    assert desk.state(activation) == "awaiting_code"
    shown = desk.ok("activation", "show", activation)
    assert shown["linkUntil"] == "2026-12-07", "fourteen days after the new mint"
    assert len(desk.sms()) == 1
    assert desk.ok("activation", "enter-code", activation, desk.code())["outcome"] == "accepted"


def test_a_clock_that_was_put_back_does_not_bring_an_expired_link_to_life(desk: Desk) -> None:
    activation = desk.issued()
    desk.at(2026, 12, 6, 9).ok("tick", "all")
    assert desk.state(activation) == "link_expired"

    desk.at(2026, 11, 25, 9)
    done = desk.run("activation", "enter-code", activation, desk.code())

    assert done.code == 3
    assert "clock" in done.err
    assert desk.state(activation) == "link_expired"


def test_a_tick_whose_clock_is_a_moment_behind_the_command_before_it_leaves_nothing_undone(desk: Desk) -> None:
    ref = desk.approved()

    ticked = desk.later(milliseconds=-400).run("tick", "all")
    after = desk.later(milliseconds=-200).run("request", "show", ref)

    assert (ticked.code, ticked.err, after.err) == (0, "", "")
    assert after.json["state"] == "completed"
    assert desk.run("doctor").code == 0


def test_an_action_that_has_a_command_of_its_own_is_told_with_it(lite: Desk) -> None:
    activation = lite.issued()

    explained = lite.run("activation", "explain", activation)
    refused = lite.run("activation", "do", activation, "resend_link", as_=BART)
    unknown = lite.run("activation", "explain", activation, "fly")
    not_now = lite.run("activation", "resume", activation)

    assert "resend_link: bisdesk activation resend REF" in explained.err
    assert (refused.code, "bisdesk activation resend REF" in refused.err) == (2, True)
    assert (unknown.code, "There is no such action" in unknown.err) == (2, True)
    assert (not_now.code, "submit_code: bisdesk activation enter-code REF CODE" in not_now.err) == (3, True)


def test_a_message_that_has_left_is_not_put_back_and_the_way_to_repeat_it_is_told(lite: Desk) -> None:
    lite.issued()
    left = next(one for one in lite.ok("message", "list") if one["state"] == "accepted")

    done = lite.run("message", "retry", left["id"], as_=BART)

    assert done.code == 3
    assert "bisdesk message resend ID" in done.err
    assert "closed" not in done.err


def test_a_test_mail_that_is_captured_is_not_called_accepted(lite: Desk) -> None:
    found = lite.run("doctor", "--send-test-to", "me@your.example").json[-1]

    assert found == {"name": "test mail", "ok": True, "found": "captured in the folder, sent to nobody"}


def test_a_port_that_is_taken_is_said_before_anything_is_served(lite: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = lite.run("serve", "--port", str(other.getsockname()[1]), plain=True)

    assert done.code == 7
    assert "choose another --port" in done.err
    assert "listens at" not in done.err
