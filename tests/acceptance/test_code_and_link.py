"""The link of 14 days, the limit of 30, the three tries: what the applicant meets, on any date, with no tick in between."""

from __future__ import annotations

import pytest

from tests.acceptance.desk import BART, Desk

WRONG = "ABCDE ABCDE ABCDE ABCDE"


@pytest.mark.fact("3.34", "3.36", "R1", "B3b-link_validity", "B2-8")
def test_a_link_works_through_the_last_second_of_its_fourteenth_day(desk: Desk) -> None:
    activation = desk.issued()

    desk.at(2026, 12, 4, 23, 59, 59)
    assert desk.state(activation) == "awaiting_code"
    desk.at(2026, 12, 5, 0, 0, 0)

    assert desk.state(activation) == "link_expired"
    late = desk.run("activation", "enter-code", activation, desk.code())
    assert late.code == 3
    assert late.json["outcome"] == "refused"
    assert late.json["attemptsLeft"] == 3
    assert "activation.try_refused" in desk.events(activation)


@pytest.mark.fact("3.34", "3.36", "R1")
@pytest.mark.parametrize(
    ("issued", "last", "first_over"),
    [
        ((2026, 10, 20, 9), (2026, 11, 3, 23, 59, 59), (2026, 11, 4, 0, 0, 0)),
        ((2027, 3, 20, 9), (2027, 4, 3, 23, 59, 59), (2027, 4, 4, 0, 0, 0)),
        ((2026, 10, 25, 2, 30), (2026, 11, 8, 23, 59, 59), (2026, 11, 9, 0, 0, 0)),
        ((2026, 12, 1, 23, 59, 59), (2026, 12, 15, 23, 59, 59), (2026, 12, 16, 0, 0, 0)),
        ((2026, 12, 2, 0, 0, 0), (2026, 12, 16, 23, 59, 59), (2026, 12, 17, 0, 0, 0)),
        ((2028, 2, 20, 12), (2028, 3, 5, 23, 59, 59), (2028, 3, 6, 0, 0, 0)),
    ],
    ids=[
        "autumn change",
        "spring change",
        "issued in the doubled hour",
        "last second of a day",
        "first of a day",
        "leap day",
    ],
)
def test_fourteen_days_are_calendar_days_in_brussels(
    lite: Desk, issued: tuple[int, ...], last: tuple[int, ...], first_over: tuple[int, ...]
) -> None:
    lite.set(ENV="demo")
    lite.at(*issued).ok("db", "seed")
    activation = lite.issued(document__expiresOn="2035-05-01")

    assert lite.at(*last).state(activation) == "awaiting_code"
    assert lite.at(*first_over).state(activation) == "link_expired"


@pytest.mark.fact("3.34", "3.36", "AM3-6", "R2", "B2-9")
def test_a_renewed_link_is_capped_by_day_thirty_and_keeps_the_code(desk: Desk) -> None:
    activation = desk.issued()
    code = desk.code()

    desk.at(2026, 12, 10, 12)
    renewed = desk.ok("activation", "renew", activation)
    desk.ok("tick", "all")

    assert renewed["linkUntil"] == "2026-12-20", "day 30, not day 34"
    assert renewed["blocksAt"] == "2026-12-20T23:00:00Z"
    assert desk.code() == code
    assert len(desk.sms()) == 1
    desk.at(2026, 12, 20, 23, 59, 59)
    assert desk.ok("activation", "enter-code", activation, code)["state"] == "profile_activated"


@pytest.mark.fact("3.36", "R2", "B2-10", "B3b-activation_limit")
def test_after_thirty_days_the_activation_is_blocked_whatever_the_scheduler_did(desk: Desk) -> None:
    activation = desk.issued()
    desk.at(2026, 12, 20, 23, 59, 59)
    assert desk.state(activation) == "link_expired"

    desk.at(2026, 12, 21, 0, 0, 0)

    assert desk.state(activation) == "blocked_timeout"
    assert desk.run("activation", "renew", activation).code == 3
    assert desk.run("activation", "enter-code", activation, desk.code()).code == 3
    desk.ok("tick", "all")
    told = [str(mail["To"]) for mail in desk.mails()[-2:]]
    assert sorted(told) == ["anna@entity.example", "zoe.dubois@example.org"]


@pytest.mark.fact("3.36", "R3", "B2-6", "B2-7", "B3b-max_attempts")
def test_the_third_wrong_code_blocks_and_the_right_one_is_refused_afterwards(desk: Desk) -> None:
    activation = desk.issued()

    left = [desk.ok("activation", "enter-code", activation, WRONG)["attemptsLeft"] for _ in range(3)]

    assert left == [2, 1, 0]
    assert desk.state(activation) == "blocked_attempts"
    refused = desk.run("activation", "enter-code", activation, desk.code())
    assert refused.code == 3
    events = desk.events(activation)
    assert events.count("activation.code_wrong") == 3
    assert events.count("activation.try_refused") == 1
    assert desk.run("activation", "renew", activation).code == 3


@pytest.mark.fact("R3", "3.36")
def test_tries_count_over_all_links_of_an_activation(desk: Desk) -> None:
    activation = desk.issued()
    desk.ok("activation", "enter-code", activation, WRONG)
    desk.ok("activation", "enter-code", activation, WRONG)

    desk.at(2026, 12, 6, 9).ok("activation", "renew", activation)
    blocked = desk.ok("activation", "enter-code", activation, WRONG)

    assert blocked["state"] == "blocked_attempts"


@pytest.mark.fact("3.35", "R4", "B3b-code_format")
@pytest.mark.parametrize(
    "typed", ["12345", "ABCDE ABCDE ABCDE ABCD", "ABCDE ABCDE ABCDE ABCDEF", "ÀBCDE ABCDE ABCDE ABCDE", "!", ""]
)
def test_what_is_no_code_costs_no_try(lite: Desk, typed: str) -> None:
    activation = lite.issued()

    done = lite.run("activation", "enter-code", activation, typed)

    assert done.code == 6
    assert done.json["outcome"] == "malformed"
    assert done.json["attemptsLeft"] == 3
    assert lite.events(activation)[-1] == "activation.code_malformed"


@pytest.mark.fact("3.38", "R4")
def test_the_code_may_be_typed_in_lower_case_without_spaces_or_with_hyphens(lite: Desk) -> None:
    activation = lite.issued()

    done = lite.ok("activation", "enter-code", activation, lite.code().replace(" ", "-").lower())

    assert done["outcome"] == "accepted"


@pytest.mark.fact("3.38")
def test_a_code_works_once(lite: Desk) -> None:
    activation = lite.issued()
    lite.ok("activation", "enter-code", activation, lite.code())

    again = lite.run("activation", "enter-code", activation, lite.code())

    assert again.code == 3
    assert "used already" in again.err


@pytest.mark.fact("B2-9", "B2-9b")
def test_a_valid_link_is_sent_again_but_not_renewed_and_its_last_day_stands(lite: Desk) -> None:
    activation = lite.issued()
    lite.at(2026, 11, 25, 12)

    refused = lite.run("activation", "renew", activation)
    assert refused.code == 3
    assert "still valid" in refused.err
    resent = lite.ok("activation", "resend", activation)
    assert resent["linkUntil"] == "2026-12-04"
    assert lite.run("activation", "resend", activation).code == 3, "once a day"
    assert lite.at(2026, 11, 26, 0, 0).ok("activation", "resend", activation)["linkUntil"] == "2026-12-04"


@pytest.mark.fact("B2-9")
def test_a_link_is_renewed_once_a_day(lite: Desk) -> None:
    activation = lite.issued()
    lite.at(2026, 12, 5, 0, 1).ok("activation", "renew", activation, as_=BART)

    assert lite.state(activation) == "awaiting_code"
    assert lite.run("activation", "renew", activation).code == 3


@pytest.mark.fact("B2-2b")
def test_before_the_messages_are_handed_over_a_code_is_not_ready_and_costs_nothing(lite: Desk) -> None:
    lite.set(SMTP_URL="smtp://127.0.0.1:9?starttls=never")
    activation = lite.issued()

    early = lite.run("activation", "enter-code", activation, WRONG)

    assert lite.state(activation) == "issuing"
    assert early.code == 3
    assert "not ready" in early.err
    assert early.json["attemptsLeft"] == 3


@pytest.mark.fact("B2-14", "B2-16")
def test_a_cancelled_activation_says_so_and_frees_the_way_for_a_new_request(desk: Desk) -> None:
    activation = desk.issued()

    desk.ok("activation", "cancel", activation, "--reason", "code_lost", as_=BART)
    assert desk.run("activation", "enter-code", activation, desk.code()).code == 3
    first = desk.ok("request", "list")[0]["ref"]
    number = desk.ok("request", "show", first)["bisNumber"]
    ref = desk.approved(kind="reactivation", previous=activation, document__number="990692310285")
    desk.ok("tick", "all")
    assert desk.state(ref) == "match_review", "a new number is never created for new keys"
    done = desk.ok(
        "request", "do", ref, "same_person", "--file", "-", as_=BART, stdin=b'{"insz": "%s"}' % number.encode()
    )

    assert (done["state"], done["bisNumber"]) == ("completed", number)
    assert "activation.new_request_filed" in desk.events(activation)
