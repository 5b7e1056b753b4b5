"""From a request file to an active digital key, through the command line, on real parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.desk import ANNA, BART, BRUSSELS, CARLA, CODE, DIRK, Desk


@pytest.mark.fact("3.9", "3.10", "3.12", "3.20", "3.31", "3.32", "B1-12", "B1-17", "B1-21", "B1-22", "B2-1", "B2-2")
def test_a_request_becomes_a_number_a_link_and_a_code(desk: Desk) -> None:
    ref = desk.approved()
    assert desk.state(ref) == "approved"

    ticked = desk.ok("tick", "all")

    assert desk.state(ref) == "completed"
    activation = desk.ok("request", "show", ref)["activation"]
    assert desk.state(activation) == "awaiting_code"
    assert len(desk.mails("zoe.dubois@example.org")) == 2, "the link, and the explanation"
    assert len(desk.sms()) == 1
    assert ticked["stoppedEarly"] is False
    assert ticked["queue"] == {}


@pytest.mark.fact("3.11", "3.37", "3.38", "B2-5", "B2-11", "B2-12")
def test_the_code_of_the_sms_and_a_key_by_app_make_an_active_key(desk: Desk) -> None:
    activation = desk.issued()
    desk.later(hours=3)
    secret = desk.folder / "password"
    secret.write_text("a quiet harbour at dawn\n")

    entered = desk.ok("activation", "enter-code", activation, desk.code())
    chosen = desk.ok(
        "activation", "choose-key", activation, "totp", "--username", "zoe.dubois", "--password-file", str(secret)
    )
    confirmed = desk.ok("activation", "confirm-key", activation, desk.app_code(chosen["otpauthUri"]))

    assert (entered["state"], entered["outcome"]) == ("profile_activated", "accepted")
    assert chosen["state"] == "key_setup"
    assert confirmed["state"] == "active"
    assert [(key["kind"], key["state"]) for key in confirmed["keys"]] == [("totp", "active")]
    assert confirmed["keys"][0]["expiresAt"] == "2036-11-20T23:00:00Z", "ten calendar years, through their last day"


@pytest.mark.fact("3.11", "B2-11", "B2-12")
def test_a_key_by_sms_is_confirmed_by_six_digits(desk: Desk) -> None:
    activation = desk.issued()
    desk.ok("activation", "enter-code", activation, desk.code())
    secret = desk.folder / "password"
    secret.write_text("a quiet harbour at dawn")

    desk.ok("activation", "choose-key", activation, "sms", "--username", "zoe.dubois", "--password-file", str(secret))
    confirmed = desk.ok("activation", "confirm-key", activation, desk.otp())

    assert confirmed["state"] == "active"
    assert [key["kind"] for key in confirmed["keys"]] == ["sms"]


@pytest.mark.fact("3.33", "AM3-7")
def test_the_number_is_shown_for_one_month_only_to_who_asked_for_it(desk: Desk) -> None:
    asked = desk.approved(noteNumber=True)
    desk.ok("tick", "all")
    other = desk.approved(
        noteNumber=False, person__familyName="Martin", person__givenName="Lou", person__birthDate="1971-02-03",
        contact__email="lou.martin@example.org", contact__mobile="+33612345679", document__number="990692310285",
    )  # fmt: skip
    desk.ok("tick", "all")

    assert len(desk.ok("request", "show", asked)["bisNumber"]) == 11
    assert "bisNumber" not in desk.ok("request", "show", other)
    desk.at(2026, 12, 20, 23, 59)
    assert "bisNumber" in desk.ok("request", "show", asked)
    desk.at(2026, 12, 21, 0, 0)
    shown = desk.ok("request", "show", asked)
    assert shown["state"] == "purged"
    assert "bisNumber" not in shown


@pytest.mark.fact("B1-23", "R10", "B3b-consultation")
def test_nothing_of_the_person_is_read_after_the_month_however_late_the_sweep(desk: Desk) -> None:
    ref = desk.filed()
    desk.do(ref, "take")
    desk.do(ref, "reject", "--reason", "other", "--text", "Zoë Dubois is known here")
    desk.ok("tick", "all")
    told = next(row["id"] for row in desk.ok("request", "messages", ref) if row["kind"] == "M6")

    desk.at(2026, 12, 20, 23, 59)
    assert "Dubois" in desk.run("request", "history", ref, as_=BART).out
    assert "Z.D." in desk.run("message", "show", told, as_=BART).out
    desk.at(2026, 12, 21, 0, 0)

    assert "Dubois" not in desk.run("request", "history", ref, as_=BART).out
    assert "Z.D." not in desk.run("message", "show", told, as_=BART).out
    assert desk.ok("request", "history", ref)[-1]["reason"] == "other"


@pytest.mark.fact("AM3-8", "R5", "B1-22")
def test_officers_and_applicants_are_written_to_in_their_own_language(desk: Desk) -> None:
    desk.issued()

    applicant, officer = desk.mails("zoe.dubois@example.org"), desk.mails(ANNA)
    assert {mail["Content-Language"] for mail in applicant} == {"fr"}
    assert {mail["Content-Language"] for mail in officer} == {"nl"}
    number = desk.ok("request", "list")[0]["ref"]
    shown = desk.ok("request", "show", number)
    assert all(shown.get("bisNumber", "never") not in mail.as_string() for mail in officer), "M4 never holds the number"


@pytest.mark.fact("3.38", "R4")
def test_link_and_code_never_share_a_channel(desk: Desk) -> None:
    desk.issued()

    code = desk.code()
    for mail in desk.mails():
        assert code not in mail.as_string()
        assert code.replace(" ", "") not in mail.as_string()
    assert all("/a/" not in text for text in desk.sms())


@pytest.mark.fact("3.3", "3.5", "B1-5", "B1-11")
def test_roles_hold_on_the_command_line(desk: Desk) -> None:
    ref = desk.filed()

    assert desk.run("request", "do", ref, "take", as_=ANNA).code == 3
    desk.do(ref, "take", as_=BART)
    late = desk.run("request", "do", ref, "take", as_=DIRK)
    assert late.code == 4
    assert "request.taken" in late.err
    assert "service_desk" in late.err
    assert desk.run("request", "submit", desk.request_file(officer=BART), *desk.papers(), as_=BART).code == 3
    desk.do(ref, "approve", as_=CARLA)


def test_every_command_has_json_and_reads_need_nobody(desk: Desk) -> None:
    activation = desk.issued()
    ref = desk.ok("request", "list")[0]["ref"]

    for words in (
        ("request", "show", ref), ("request", "history", ref), ("request", "timers", ref), ("request", "messages", ref),
        ("request", "explain", ref), ("request", "explain", ref, "withdraw"), ("request", "list"),
        ("activation", "show", activation), ("activation", "history", activation), ("activation", "explain", activation),
        ("activation", "messages", activation),
        ("message", "list"), ("message", "lint"), ("message", "preview", "M1", "--lang", "fr"), ("lifecycle", "list"),
        ("lifecycle", "show", "registration"), ("lifecycle", "check"), ("db", "check"), ("doctor",), ("tick", "all"),
    ):  # fmt: skip
        desk.ok(*words)
        assert desk.run(*words, plain=True).out.strip(), words


def test_a_view_never_writes(desk: Desk) -> None:
    activation = desk.issued()
    before = desk.ok("activation", "history", activation)

    desk.later(days=20)
    assert desk.state(activation) == "link_expired"

    assert desk.ok("activation", "history", activation) == before


@pytest.mark.fact("3.33", "B1-23", "R10")
def test_purging_the_request_leaves_the_activation_whole(desk: Desk) -> None:
    desk.at(2027, 1, 31, 10)
    activation = desk.issued()
    ref = desk.ok("request", "list")[0]["ref"]
    desk.at(2027, 2, 28, 23, 59)
    assert desk.state(ref) == "completed"

    desk.at(2027, 3, 1, 0, 0).ok("tick", "all")

    assert desk.state(ref) == "purged"
    assert desk.state(activation) == "link_expired"
    desk.ok("activation", "renew", activation)
    desk.ok("tick", "all")
    assert desk.mails("zoe.dubois@example.org")[-1]["Content-Language"] == "fr"
    desk.ok("activation", "enter-code", activation, desk.code())
    assert desk.state(activation) == "profile_activated"


def test_nothing_readable_of_a_person_lies_in_the_database(lite: Desk) -> None:
    lite.issued(person__birthPlace="Roubaix-Canari", residence__street="Rue du Canari")

    raw = b"".join(path.read_bytes() for path in (lite.folder / "home").glob("bisdesk.db*"))
    code = lite.code()
    tokens = [
        word.rsplit("/a/", 1)[1]
        for mail in lite.mails()
        for word in mail.get_body(("plain",)).get_content().split()
        if "/a/" in word
    ]
    number = lite.ok("request", "show", lite.ok("request", "list")[0]["ref"]).get("bisNumber", "")
    canaries = [
        "Dubois", "Zoë", "Canari", "zoe.dubois", "612345678", "880692310285", "1985-07-15", "Rue de Paris",
        code, code.replace(" ", ""), *tokens, number or "85071512345", "anna@entity", "Anna Peeters",
    ]  # fmt: skip
    assert tokens
    assert CODE.search(code)
    assert len(raw) > 10_000, "the database itself was read"
    assert [word for word in canaries if word.encode() in raw] == []


def test_times_are_shown_as_instants(lite: Desk) -> None:
    activation = lite.issued()

    shown = lite.ok("activation", "show", activation)

    assert shown["linkExpiresAt"] == "2026-12-04T23:00:00Z"
    assert shown["linkUntil"] == "2026-12-04"
    assert shown["blocksAt"] == "2026-12-20T23:00:00Z"
    assert shown["attemptsLeft"] == 3
    assert lite.now.astimezone(BRUSSELS).hour == 10


def test_the_folder_holds_keys_that_only_the_owner_reads(lite: Desk) -> None:
    keys = sorted((lite.folder / "home" / "keys").iterdir())

    assert [path.name for path in keys] == ["data_key", "secret_key"]
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
    assert isinstance(keys[0], Path)
