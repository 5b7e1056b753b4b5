"""Rates, gates, the money fuse, addresses that fail and sending again, on the command line."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.desk import ANNA, BART, CARLA, Desk


def gates(desk: Desk) -> dict[str, Any]:
    return {gate["channel"]: gate for gate in desk.ok("message", "gates")}


def doctor(desk: Desk) -> dict[str, Any]:
    return {one["name"]: one for one in desk.run("doctor").json}


@pytest.mark.fact("B3-gate")
def test_open_gates_are_shown_open_and_doctor_agrees(desk: Desk) -> None:
    assert gates(desk) == {"email": {"channel": "email", "open": True}, "sms": {"channel": "sms", "open": True}}
    assert doctor(desk)["gates"]["ok"]


@pytest.mark.fact("B3-gate")
def test_a_mail_server_that_is_not_there_closes_its_gate_and_the_code_leaves_all_the_same(desk: Desk) -> None:
    desk.set(SMTP_URL="smtp://127.0.0.1:9")
    ref = desk.issued()

    closed, examined = gates(desk), doctor(desk)["gates"]

    states = {row["kind"]: row["state"] for row in desk.ok("activation", "messages", ref)}
    assert (closed["email"]["open"], closed["email"]["closedBy"]) == (False, "smtp_connect")
    assert closed["sms"]["open"]
    assert not examined["ok"]
    assert "smtp_connect" in examined["found"]
    assert (states["M1"], states["M3"]) == ("queued", "accepted")


@pytest.mark.fact("B3-limits")
def test_the_money_fuse_stops_sms_until_an_operator_opens_them_and_doctor_says_so(desk: Desk) -> None:
    desk.set(SMS_EUR_PER_DAY="1", SMS_CENTS_PER_SEGMENT="60")
    desk.issued()
    second = desk.issued(person__familyName="Lambert", person__birthDate="1971-02-03",
        contact__email="other@example.org", contact__mobile="+33612345679", document__number="770692310285")  # fmt: skip

    closed, examined = gates(desk)["sms"], doctor(desk)["gates"]
    refused = desk.run("message", "open", "sms", as_=BART)
    opened = desk.ok("message", "open", "sms", as_=CARLA)
    desk.ok("tick")

    states = {row["kind"]: row["state"] for row in desk.ok("activation", "messages", second)}
    assert closed["closedBy"] == "sms_money_fuse"
    assert closed["until"] == "2026-11-20T23:00:00Z"
    assert "sms_money_fuse" in examined["found"]
    assert refused.code == 3
    assert opened["open"]
    assert states["M3"] == "accepted"


@pytest.mark.fact("B3-limits")
def test_a_country_that_is_not_allowed_gives_the_desk_a_task(desk: Desk) -> None:
    desk.set(SMS_COUNTRIES="BE,NL")
    ref = desk.issued()

    rows = {row["kind"]: row for row in desk.ok("activation", "messages", ref)}

    assert (rows["M3"]["state"], rows["M3"]["error"]) == ("failed", "country_not_allowed")
    assert rows["M10"]["params"] == {"problem": "delivery"}


def test_a_tick_that_used_up_its_rate_says_that_nothing_is_lost(desk: Desk) -> None:
    desk.set(MAIL_PER_S="0.5")
    desk.approved()

    told = desk.run("tick")

    assert told.code == 0
    assert "nothing is lost" in told.err


@pytest.mark.fact("B3-resend")
def test_an_officer_sends_the_explanation_again_and_not_twice_in_a_moment(desk: Desk) -> None:
    ref = desk.issued()
    rows = {row["kind"]: row for row in desk.ok("activation", "messages", ref)}
    desk.later(minutes=5)

    again = desk.ok("message", "resend", rows["M2"]["id"], as_=BART)
    at_once = desk.run("message", "resend", rows["M2"]["id"], as_=BART)
    link = desk.run("message", "resend", rows["M1"]["id"], as_=BART)
    officer = desk.run("message", "resend", rows["M2"]["id"], as_=ANNA)
    desk.ok("tick")

    assert (again["kind"], again["state"]) == ("M2", "queued")
    assert (at_once.code, link.code, officer.code) == (3, 3, 3)
    assert "UTC" in at_once.err
    assert [row["state"] for row in desk.ok("activation", "messages", ref) if row["kind"] == "M2"] == ["accepted"] * 2
    assert "activation.message_repeated" in [line["event"] for line in desk.ok("activation", "history", ref)]


@pytest.mark.fact("B3-suppress")
def test_an_address_is_lifted_by_the_desk_without_standing_in_the_command(desk: Desk) -> None:
    lifted = desk.ok("message", "lift", "-", as_=BART, stdin=b"zoe.dubois@example.org\n")
    wrong = desk.run("message", "lift", "no address", as_=BART)
    officer = desk.run("message", "lift", "zoe.dubois@example.org", as_=ANNA)

    assert lifted == {"lifted": False}
    assert (wrong.code, officer.code) == (6, 3)
