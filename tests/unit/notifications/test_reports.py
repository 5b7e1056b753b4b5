"""What servers report about mail (RFC 3464), in the shapes they really give it, and whatever else comes to that address."""

from __future__ import annotations

import random
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.reports import LARGEST, Report, read_report
from tests.support import reports
from tests.support.reports import ADDRESS, Said
from workflow.outbox import ReceiptStatus

S = ReceiptStatus
HOME = "bounces+x@mail.example"
SHAPES = {
    "postfix": reports.postfix(HOME), "exim": reports.exim(HOME),
    "exchange": reports.exchange(HOME), "gmail": reports.gmail(HOME),
}  # fmt: skip


def read(mail: bytes) -> Report:
    found = read_report(mail)
    assert found is not None
    return found


@pytest.mark.fact("B2-3")
@pytest.mark.parametrize(
    ("server", "code"),
    [("postfix", "dsn_5.1.1"), ("exim", "dsn_5.1.1"), ("exchange", "dsn_5.1.10"), ("gmail", "dsn_5.1.1")],
)
def test_each_common_server_is_understood_when_a_mailbox_does_not_exist(server: str, code: str) -> None:
    report = read(SHAPES[server])

    assert (report.status, report.code) == (S.BOUNCED, code)
    assert report.suppress
    assert HOME in report.came_to


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (Said("failed", "5.1.1"), S.BOUNCED),
        (Said("failed", "4.4.7", "smtp; 451 4.4.7 Delivery time expired"), S.BOUNCED),
        (Said("delayed", "4.4.1"), S.DELAYED),
        (Said("delivered", "2.0.0"), S.DELIVERED),
        (Said("expanded", "2.0.0"), S.DELIVERED),
        (Said("relayed", "2.0.0"), S.HANDED_ON),
        (Said("Failed (permanent)", "5.2.1"), S.BOUNCED),
        (Said("", "5.1.1"), S.BOUNCED),
        (Said("", "4.2.2"), S.DELAYED),
        (Said("", "2.0.0"), S.HANDED_ON),
    ],
)
def test_an_action_says_what_became_of_a_mail_and_a_status_only_where_there_is_no_action(
    said: Said, status: ReceiptStatus
) -> None:
    assert read(reports.postfix(HOME, said)).status is status


@pytest.mark.parametrize(
    ("status", "suppressed"),
    [
        ("5.1.1", True), ("5.1.2", True), ("5.1.3", True), ("5.1.6", True), ("5.1.10", True), ("5.2.1", True),
        ("5.1.0", False), ("5.1.7", False), ("5.1.8", False), ("5.2.2", False), ("5.3.4", False), ("5.4.4", False),
        ("5.4.7", False), ("5.7.1", False), ("4.1.1", False),
    ],
)  # fmt: skip
def test_an_address_is_given_up_only_for_what_the_mailbox_itself_is_at_fault(status: str, suppressed: bool) -> None:
    assert read(reports.postfix(HOME, Said("failed", status, "smtp; no"))).suppress is suppressed


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_an_address_is_not_given_up_while_nothing_failed(action: str) -> None:
    assert not read(reports.postfix(HOME, Said(action, "5.1.1"))).suppress


def test_the_name_of_the_envelope_is_read() -> None:
    assert read(reports.postfix(HOME, Said(envelope_id="abc.def"))).envelope_id == "abc.def"


def test_nothing_of_the_recipient_or_of_the_servers_words_is_kept() -> None:
    report = read(SHAPES["postfix"])

    assert ADDRESS not in repr(report)
    assert not {ADDRESS, "User unknown"} & {*report.came_to, report.code}


@pytest.mark.parametrize(
    "lines",
    [
        ["Reporting-MTA: dns; a", "Final-Recipient: rfc822; a@b", "Action: failed", "Status: 5.1.1"],
        ["Reporting-MTA: dns; a", "", "", "", "Action: failed", "", "Status: 5.1.1 (bad destination mailbox)"],
        ["action:failed", "STATUS:\t5.1.1"],
        ["Action: failed", "Status: 5.01.001"],
        ["Action: failed", "Diagnostic-Code: smtp; 550-5.1.1 no", " 550 5.1.1 such user"],
    ],
    ids=["no empty line", "too many empty lines", "no blanks", "leading zeros", "no status"],
)
def test_status_parts_that_break_the_rules_are_understood(lines: list[str]) -> None:
    report = read(reports.with_status_part(HOME, *lines))

    assert (report.status, report.code) == (S.BOUNCED, "dsn_5.1.1")


@pytest.mark.parametrize(
    ("line", "ending"),
    [(b"\r\n", b"\n"), (b"\r\n", b"\r\r\n"), (b"failed\r\n", b"failed\r")],
    ids=["LF", "CRCRLF", "a CR"],
)
def test_any_end_of_line_is_understood(line: bytes, ending: bytes) -> None:
    mail = reports.with_status_part(HOME, "Action: failed", "Status: 5.1.1").replace(line, ending)

    assert read(mail).code == "dsn_5.1.1"


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_status_part_that_a_gateway_encoded_is_understood(encoding: str) -> None:
    line = (
        "QWN0aW9uOiBmYWlsZWQKU3RhdHVzOiA1LjEuMQo=" if encoding == "base64" else "Action: fail=\r\ned\r\nStatus: 5=2E1.1"
    )

    mail = reports.with_status_part(HOME, line, headers=(f"Content-Transfer-Encoding: {encoding}",))

    assert read(mail).code == "dsn_5.1.1"


def test_a_line_of_an_mbox_before_the_headers_is_passed_over() -> None:
    assert read(b"From MAILER-DAEMON Fri Nov 20 10:00:03 2026\n" + SHAPES["postfix"]).status is S.BOUNCED


def test_of_several_recipients_a_loss_weighs_most() -> None:
    fields = ["Final-Recipient: rfc822; {0}", "Action: {1}", "Status: {2}", ""]
    told = [("a@b", "delivered", "2.0.0"), ("c@d", "failed", "5.2.1"), ("e@f", "delayed", "4.0.0")]

    report = read(reports.with_status_part(HOME, *(line.format(*one) for one in told for line in fields)))

    assert (report.status, report.code) == (S.BOUNCED, "dsn_5.2.1")


def test_a_report_that_gateways_wrapped_is_found_and_one_that_is_buried_is_not() -> None:
    assert read(reports.wrapped(SHAPES["postfix"], 3)).status is S.BOUNCED
    assert read_report(reports.wrapped(SHAPES["postfix"], 50)) is None


def test_a_report_is_read_though_the_mail_that_came_back_with_it_is_huge() -> None:
    began = perf_counter()

    report = read(SHAPES["gmail"] + b"x" * 40 * LARGEST)

    assert report.status is S.BOUNCED
    assert perf_counter() - began < 2


def test_a_report_cut_off_after_its_status_is_read_and_one_cut_off_before_is_none() -> None:
    mail = SHAPES["postfix"]
    after = mail.index(b"Diagnostic-Code")

    assert read(mail[:after]).code == "dsn_5.1.1"
    assert read_report(mail[: mail.index(b"Action:")]) is None


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00",
        reports.absence_note(HOME),
        reports.read_by_a_person(HOME),
        reports.forwarded(SHAPES["postfix"], HOME),
        reports.with_status_part(HOME, "Reporting-MTA: dns; a"),
        reports.with_status_part(HOME, "Action: winked", "Status: 9.9.9"),
        reports.with_status_part(HOME, "!", headers=("Content-Transfer-Encoding: base64",)),
        SHAPES["postfix"].replace(b"multipart/report", b"multipart/mixed"),
        SHAPES["postfix"].replace(b"boundary=", b"border="),
    ],
    ids=[
        "nothing", "an empty line", "no text", "absence note", "of a reader", "forwarded", "of nobody", "unknown words",
        "not decodable", "no report", "no boundary",
    ],
)  # fmt: skip
def test_what_is_no_report_says_nothing(mail: bytes) -> None:
    assert read_report(mail) is None


@pytest.mark.parametrize(
    "mail",
    [
        b"\r" * LARGEST,
        b"\n\t" * (LARGEST // 2),
        b"A: b\r\n" * (LARGEST // 6),
        b"Content-Type: multipart/report; " + b"boundary " * (LARGEST // 9),
        reports.with_status_part(HOME, *["Action: failed", "Status: 5.1.1", ""] * 20_000),
        reports.with_status_part(HOME, "Action:" + " " * 900_000),
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n' + b"--b\r\n" * (LARGEST // 5),
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' * (LARGEST // 50),
        reports.wrapped(SHAPES["exim"], 800),
        b"To: " + b"+" * LARGEST,
    ],
    ids=[
        "CR", "blank lines", "headers", "parameters", "recipients", "blanks", "boundaries", "parts in parts", "wrapped",
        "addresses",
    ],
)  # fmt: skip
def test_a_mail_made_to_take_long_does_not(mail: bytes) -> None:
    began = perf_counter()

    read_report(mail)

    assert perf_counter() - began < 2


@given(shape=st.sampled_from(sorted(SHAPES)), seed=st.integers(0, 2**32), changes=st.integers(1, 40))
@settings(max_examples=400)
def test_a_report_changed_at_random_is_read_or_is_none(shape: str, seed: int, changes: int) -> None:
    chance = random.Random(seed)
    mail = bytearray(SHAPES[shape])
    for _ in range(changes):
        at = chance.randrange(len(mail))
        match chance.randrange(4):
            case 0:
                mail[at] = chance.randrange(256)
            case 1:
                del mail[at : at + chance.randrange(1, 60)]
            case 2:
                mail[at:at] = chance.choice(
                    [b"\r\n", b"\n\n", b"--", b"\x00", b"\xe9", b"=?utf-8?q?", b": ", b"Status: 5."]
                )
            case _:
                other = chance.randrange(len(mail))
                mail[at:at] = mail[other : other + 80]

    report = read_report(bytes(mail))

    assert report is None or (report.status in S and (report.code or "dsn").startswith("dsn"))


@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_are_none(mail: bytes) -> None:
    report = read_report(
        b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: message/delivery-status\n' + mail
    )

    assert report is None or report.status in S
