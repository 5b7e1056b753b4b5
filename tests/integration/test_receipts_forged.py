"""What is not Twilio's word changes nothing, is counted, and is never repeated in a log (F27)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.race_world import Place
from tests.integration.receiving import Line, line
from tests.support.twilio_callbacks import FORM, Answer, bring, deliver, fields, request
from tests.support.twilio_server import Message, twilio_server
from workflow.outbox import DeliveryState

FORGERIES = {
    "unsigned": lambda at, form: deliver(at, form, headers={"X-Twilio-Signature": ""}),
    "signed with another token": lambda at, form: deliver(at, form, token="c3" * 16),
    "changed after it was signed": lambda at, form: deliver(at, form, signed_form=form | {"MessageStatus": "sent"}),
    "replayed for another attempt": lambda at, form: deliver(f"{at}0", form, signed_url=at),
    "replayed with a query": lambda at, form: deliver(f"{at}?x=1", form, signed_url=at),
    "signed for another scheme": lambda at, form: deliver(at, form, signed_url=at.replace("http:", "https:")),
    "signed for another port": lambda at, form: deliver(at, form, signed_url=at.replace("/callbacks", ":9/callbacks", 1)),
    "signed for another host": lambda at, form: deliver(at, form, signed_url=at.replace("127.0.0.1", "desk.example")),
    "of another account": lambda at, form: deliver(at, form | {"AccountSid": "AC" + "0" * 32}),
    "without an account": lambda at, form: deliver(at, _without(form, "AccountSid")),
    "without a status": lambda at, form: deliver(at, _without(form, "MessageStatus")),
    "without a message": lambda at, form: deliver(at, _without(form, "MessageSid")),
    "for no message of our writing": lambda at, form: deliver(at[:-5] + "x", form),
    "with another algorithm in a header": lambda at, form: deliver(
        at, form, token="c3" * 16, headers={"X-Twilio-Webhooks-Signature-Settings": "key=k,algorithm=HMAC_SHA256"}
    ),
    "with a host of its own": lambda at, form: deliver(
        at, form, signed_url=at.replace("127.0.0.1", "desk.example"),
        headers={"X-Forwarded-Host": "desk.example", "X-Forwarded-Proto": "http", "Forwarded": "host=desk.example"},
    ),
    "with a host header of its own": lambda at, form: deliver(
        at, form, signed_url="http://desk.example/callbacks/twilio/" + at.rpartition("/")[2], headers={"Host": "desk.example"}
    ),
}  # fmt: skip


def _without(form: dict[str, str], name: str) -> dict[str, str]:
    return {field: value for field, value in form.items() if field != name}


@pytest.fixture(scope="module")
def calls(furnished_sqlite: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with twilio_server() as twilio:
        place = furnished_sqlite.copied(tmp_path_factory.mktemp("forged") / "home")
        with line(place, twilio) as open_line:
            open_line.sent()
            yield open_line


@pytest.fixture
def sms(calls: Line) -> Message:
    return calls.twilio.messages[0]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_receipt_is_refused_and_changes_nothing(
    calls: Line, sms: Message, forgery: str, caplog: pytest.LogCaptureFixture
) -> None:
    calls.get("/metrics")
    row, told, refused = calls.row(), calls.told(), sum(calls.measured().counted.values())
    form = fields(sms, "undelivered", error=30005)

    with caplog.at_level(logging.DEBUG):
        answer = FORGERIES[forgery](sms.form["StatusCallback"], form)
        calls.get("/metrics")

    assert (answer.status, answer.headers[""]) == (403, "")
    assert (calls.row(), calls.told()) == (row, told)
    assert calls.row().state is DeliveryState.ACCEPTED
    assert sum(calls.measured().counted.values()) == refused + 1
    for private in (sms.to, sms.sid, sms.form["StatusCallback"].rpartition("/")[2]):
        assert private not in caplog.text


@pytest.mark.parametrize(
    ("method", "content", "body", "status"),
    [
        ("GET", FORM, None, 405),
        ("PUT", FORM, "a=1", 405),
        ("DELETE", FORM, None, 405),
        ("POST", "application/json", "{}", 415),
        ("POST", "multipart/form-data; boundary=x", "--x--", 415),
        ("POST", "", "a=1", 415),
        ("POST", FORM, b"a" * (64 * 1024 + 1), 413),
        ("POST", FORM, b"a" * (64 * 1024), 403),
    ],
)
def test_what_is_no_form_is_refused_before_it_is_read(
    calls: Line, sms: Message, method: str, content: str, body: str | bytes | None, status: int
) -> None:
    headers = {"Content-Type": content} if content else {}

    answer = request(method, sms.form["StatusCallback"], body, headers)

    assert answer.status == status
    if status == 405:
        assert answer.headers["allow"] == "POST"


def test_a_form_may_say_in_which_letters_it_is_written(calls: Line, sms: Message) -> None:
    headers = {"Content-Type": f"{FORM}; charset=UTF-8"}

    assert deliver(sms.form["StatusCallback"], fields(sms, "sent"), headers=headers).status == 204


@pytest.mark.parametrize(
    "path",
    ["/callbacks", "/callbacks/twilio", "/callbacks/twilio/", "/callbacks/twilio/a/b", "/metrics/", "/openapi.json"],
)
def test_nothing_else_answers(calls: Line, path: str) -> None:
    assert calls.get(path).status in (404, 307)
    body = calls.get(path).headers[""]
    assert body == "" or "Deze pagina bestaat niet" in body


def test_nobody_is_heard_where_no_receipts_are_expected(
    furnished_sqlite: Place, tmp_path: Path, sms: Message, calls: Line
) -> None:
    place = furnished_sqlite.copied(tmp_path / "home")
    with line(place, calls.twilio, BISDESK_SMS_URL=f"capture:{tmp_path}") as deaf:
        answer: Answer = deliver(f"{deaf.base}/callbacks/twilio/x", fields(sms, "sent"))

    assert answer.status == 404


def test_the_real_one_is_still_believed_after_all_that(calls: Line, sms: Message) -> None:
    assert bring(sms, "sending").status == 204
