"""Receipts over HTTP as they really come: again and again, in the wrong order, days late, too early, or as the only word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.steps import in_threads
from tests.integration.conftest import Arena
from tests.integration.race_world import Place
from tests.integration.receiving import Line, line
from tests.support.twilio_callbacks import bring, deliver, fields
from tests.support.twilio_server import LOST, TOKEN, Message, TwilioServer
from workflow.outbox import DeliveryState, ReceiptStatus

S, R = DeliveryState, ReceiptStatus
STORIES = ("queued", "sending", "sent", "delivered")


def test_a_receipt_says_that_the_sms_arrived(calls: Line) -> None:
    sms = calls.sent()
    calls.wait(seconds=4)

    answer = bring(sms, "delivered", RawDlrDoneDate="2611251230", SomethingNew="1")

    assert answer.status == 204
    assert calls.row().state is S.DELIVERED
    assert [(told.receipt.status, told.moved) for told in calls.told()] == [(R.DELIVERED, True)]
    assert calls.measured().arrivals["sms"].soon == 1.0


def test_a_receipt_that_comes_ten_times_is_kept_ten_times_and_moves_once(calls: Line) -> None:
    sms = calls.sent()

    answers = [bring(sms, "delivered").status for _ in range(10)]

    assert answers == [204] * 10
    assert [told.moved for told in calls.told()] == [True] + [False] * 9
    assert len(calls.rows()) == 1


def test_receipts_in_the_wrong_order_never_move_a_message_back(calls: Line) -> None:
    sms = calls.sent()

    for status in reversed(STORIES):
        assert bring(sms, status).status == 204

    assert calls.row().state is S.DELIVERED
    assert bring(sms, "undelivered", error=30003).status == 204
    assert calls.row().state is S.DELIVERED


def test_a_receipt_three_days_late_still_counts(calls: Line) -> None:
    sms = calls.sent()
    calls.tick("receipts", days=3)

    assert bring(sms, "delivered").status == 204

    assert calls.row().state is S.DELIVERED


def test_a_receipt_before_our_own_record_of_the_acceptance_stands(calls: Line, twilio: TwilioServer) -> None:
    answers: list[int] = []
    twilio.taken = lambda message: answers.append(bring(message, "delivered").status)

    calls.sent()

    assert answers == [204]
    assert calls.row().state is S.DELIVERED
    assert [one.state for one in calls.tries()] == ["delivered"]


@pytest.mark.parametrize("status", ["queued", "sending", "sent"])
def test_a_receipt_that_tells_no_more_than_our_own_record_will_is_kept_and_moves_nothing(
    calls: Line, twilio: TwilioServer, status: str
) -> None:
    answers: list[int] = []
    twilio.taken = lambda message: answers.append(bring(message, status).status)

    sms = calls.sent()

    assert answers == [204]
    assert [told.moved for told in calls.told()] == [False]
    assert (calls.row().state, calls.row().provider_ref) == (S.ACCEPTED, sms.sid)


@pytest.mark.parametrize(("status", "state"), [("sent", S.ACCEPTED), ("delivered", S.DELIVERED)])
def test_a_receipt_reveals_what_became_of_an_sms_whose_answer_was_lost(
    calls: Line, twilio: TwilioServer, status: str, state: DeliveryState
) -> None:
    twilio.script.append(LOST)
    sms = calls.sent()
    before = calls.row().state

    assert bring(sms, status).status == 204
    calls.tick("outbox", hours=3)

    assert before is S.UNKNOWN
    assert calls.row().state is state
    assert calls.row().provider_ref == sms.sid
    assert len(twilio.messages) == 1, "the applicant must not get a second copy"
    assert [command for command, _ in twilio.requests] == ["POST"], "nobody had to look it up"


@pytest.mark.parametrize(("error", "again"), [(30003, True), (30008, True), (30005, False), (30006, False)])
def test_an_sms_that_was_lost_goes_out_again_with_the_same_code_only_where_it_helps(
    calls: Line, twilio: TwilioServer, error: int, again: bool
) -> None:
    sms = calls.sent()

    assert bring(sms, "undelivered", error=error).status == 204
    calls.tick("outbox", minutes=6)

    assert (calls.row().state, calls.row().error) == (S.UNDELIVERED, f"twilio_{error}")
    assert len(twilio.messages) == (2 if again else 1)
    assert len({message.body for message in twilio.messages}) == 1


def test_a_receipt_for_a_message_that_we_never_had_is_kept_as_a_stray(calls: Line) -> None:
    sms = calls.sent()
    stranger = Message(sms.sid, sms.to, sms.sender, "", dict(sms.form), sms.created)
    stranger.form["StatusCallback"] = f"{calls.base}/callbacks/twilio/00000000-0000-7000-8000-000000000001-1"

    assert bring(stranger, "delivered").status == 204

    assert calls.row().state is S.ACCEPTED
    assert calls.measured().strays == 1


def test_a_status_that_nobody_knows_yet_is_kept_and_moves_nothing(calls: Line) -> None:
    sms = calls.sent()

    assert bring(sms, "levitating").status == 204

    assert [(told.receipt.status, told.moved) for told in calls.told()] == [(R.DELAYED, False)]
    assert calls.row().state is S.ACCEPTED


def test_both_tokens_are_believed_while_they_are_changed(
    furnished_sqlite: Place, tmp_path: Path, twilio: TwilioServer
) -> None:
    other = "d4" * 16
    with line(furnished_sqlite.copied(tmp_path / "home"), twilio, BISDESK_SMS_OLD_TOKEN=other) as calls:
        sms = calls.sent()

        answers = [bring(sms, "sent", token=token).status for token in (TOKEN, other, "e5" * 16)]

    assert answers == [204, 204, 403]


def test_a_database_that_is_away_lets_twilio_come_again(calls: Line) -> None:
    sms = calls.sent()
    database = calls.maker.home / "bisdesk.db"
    calls.app.store.dispose()
    database.rename(database.with_suffix(".away"))

    answer = bring(sms, "delivered")
    database.with_suffix(".away").rename(database)

    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert bring(sms, "delivered").status == 204
    assert calls.row().state is S.DELIVERED


def test_a_receipt_that_takes_too_long_is_answered_in_time(
    furnished_sqlite: Place, tmp_path: Path, twilio: TwilioServer
) -> None:
    with line(furnished_sqlite.copied(tmp_path / "home"), twilio, answer_s=0.3) as calls:
        sms = calls.sent()
        with calls.app.unit_of_work() as uow:
            uow.marks.high_water()  # holds the database, as a long writer would
            answer = bring(sms, "delivered")

    assert answer.status == 503


def test_the_address_says_which_attempt_it_speaks_of(calls: Line) -> None:
    sms = calls.sent()
    calls.twilio.messages.clear()

    bring(sms, "sent")

    message, fence = sms.form["StatusCallback"].rpartition("/")[2].rsplit("-", 1)
    assert message == str(calls.row().message.id)
    assert [told.receipt.attempt for told in calls.told()] == [int(fence)]
    assert (
        deliver(sms.form["StatusCallback"] + "0", fields(sms, "sent")).status == 204
    )  # signed, so believed: another attempt


@pytest.mark.parametrize("where", ["sqlite_arena", pytest.param("postgres_arena", marks=pytest.mark.postgres)])
def test_receipts_that_come_all_at_once_move_each_message_once(
    request: pytest.FixtureRequest, where: str, twilio: TwilioServer
) -> None:
    arena: Arena = request.getfixturevalue(where)
    with line(arena.place, twilio) as calls:
        calls.owed(4)
        calls.tick("outbox")
        stories = [(sms, status) for sms in twilio.messages for status in (*STORIES, "delivered", "undelivered")]

        answers = in_threads(len(stories), lambda number: _stubborn(*stories[number]))

        told = [[one for one in calls.told(place) if one.moved] for place in range(4)]
        assert set(answers) == {204}
        assert [len(moves) for moves in told] == [1] * 4
        assert {calls.row(place).state for place in range(4)} <= {S.DELIVERED, S.UNDELIVERED}
        assert all(len(calls.told(place)) == 6 for place in range(4))


def _stubborn(sms: Message, status: str) -> int:
    """Bring a receipt as often as it takes: a busy database may send it away."""
    for _ in range(50):
        answer = bring(sms, status)
        if answer.status != 503:
            return answer.status
    return answer.status
