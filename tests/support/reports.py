"""Reports of mail servers in the shapes that Postfix, Exim, Exchange and Gmail give them, and mails that are none."""

from __future__ import annotations

from dataclasses import dataclass

ADDRESS = "zoe.dubois@example.org"
RETURNED = "\n".join(
    ["From: Bisdesk <desk@mail.example>", f"To: {ADDRESS}", "Subject: A link", "Message-ID: <1@mail.example>"]
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a report says, in the words of RFC 3464."""

    action: str = "failed"
    status: str = "5.1.1"
    diagnosis: str = "smtp; 550 5.1.1 <zoe.dubois@example.org>: Recipient address rejected: User unknown"
    envelope_id: str | None = None


def postfix(came_to: str, said: Said = Said()) -> bytes:
    """A report as Postfix writes it, delivered by Postfix."""
    envelope = [f"Original-Envelope-Id: {said.envelope_id}"] if said.envelope_id else []
    return _joined(
        [
            "Return-Path: <>",
            f"X-Original-To: {came_to}",
            f"Delivered-To: {came_to}",
            "Received: by mail.example (Postfix) id 4C1D2300; Fri, 20 Nov 2026 10:00:03 +0000 (UTC)",
            "From: MAILER-DAEMON@mail.example (Mail Delivery System)",
            "Subject: Undelivered Mail Returned to Sender",
            f"To: {came_to}",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            "Content-Type: multipart/report; report-type=delivery-status;",
            '\tboundary="4B9E0300.1795168803/mail.example"',
            "Content-Transfer-Encoding: 8bit",
            "",
            "This is a MIME-encapsulated message.",
            "",
            "--4B9E0300.1795168803/mail.example",
            "Content-Type: text/plain; charset=us-ascii",
            "",
            "This is the mail system at host mail.example.",
            f"<{ADDRESS}>: host mx.example.org[192.0.2.25] said: 550 5.1.1 User unknown",
            "",
            "--4B9E0300.1795168803/mail.example",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mail.example",
            *envelope,
            f"X-Postfix-Sender: rfc822; {came_to}",
            "",
            f"Final-Recipient: rfc822; {ADDRESS}",
            f"Original-Recipient: rfc822;{ADDRESS}",
            f"Action: {said.action}",
            f"Status: {said.status}",
            "Remote-MTA: dns; mx.example.org",
            f"Diagnostic-Code: {said.diagnosis}",
            "",
            "--4B9E0300.1795168803/mail.example",
            "Content-Type: text/rfc822-headers",
            "",
            RETURNED,
            "",
            "--4B9E0300.1795168803/mail.example--",
        ]
    )


def exim(came_to: str) -> bytes:
    """Exim keeps the status vague and leaves what the other server said in the diagnosis."""
    return _joined(
        [
            "Return-path: <>",
            f"Envelope-to: {came_to}",
            "Delivery-date: Fri, 20 Nov 2026 11:00:05 +0100",
            "X-Failed-Recipients: zoe.dubois@example.org",
            "Auto-Submitted: auto-replied",
            "From: Mail Delivery System <Mailer-Daemon@relay.example>",
            f"To: {came_to}",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=1795168805-eximdsn-1804289383",
            "MIME-Version: 1.0",
            "Subject: Mail delivery failed: returning message to sender",
            "",
            "--1795168805-eximdsn-1804289383",
            "Content-type: text/plain; charset=us-ascii",
            "",
            "A message that you sent could not be delivered.",
            "",
            "--1795168805-eximdsn-1804289383",
            "Content-type: message/delivery-status",
            "",
            "Reporting-MTA: dns; relay.example",
            "",
            "Action: failed",
            "Final-Recipient: rfc822;zoe.dubois@example.org",
            "Status: 5.0.0",
            "Remote-MTA: dns; mx.example.org",
            "Diagnostic-Code: smtp; 550 5.1.1 No such user here",
            "",
            "--1795168805-eximdsn-1804289383",
            "Content-type: message/rfc822",
            "",
            RETURNED,
            "",
            "A link",
            "--1795168805-eximdsn-1804289383--",
        ]
    )


def exchange(came_to: str) -> bytes:
    """Exchange Online: an HTML explanation inside, wrapped lines, a code of four figures' length, 8-bit text."""
    return _joined(
        [
            "Received: from frontend.outlook.example by mail.example; Fri, 20 Nov 2026 10:00:09 +0000",
            f"Delivered-To: {came_to}",
            "MIME-Version: 1.0",
            "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>",
            f"To: {came_to}",
            "Content-Type: multipart/report; report-type=delivery-status;",
            '\tboundary="8b5e1f0a-c7d4-4e0b-9b6e-dce1"',
            "X-MS-Exchange-Message-Is-Ndr:",
            "Subject: Non remis : A link",
            "",
            "--8b5e1f0a-c7d4-4e0b-9b6e-dce1",
            'Content-Type: multipart/alternative; differences=Content-Type; boundary="inner-4e0b"',
            "",
            "--inner-4e0b",
            'Content-Type: text/plain; charset="utf-8"',
            "Content-Transfer-Encoding: 8bit",
            "",
            "Votre message n’a pas pu être remis à zoe.dubois@example.org.",
            "",
            "--inner-4e0b",
            'Content-Type: text/html; charset="utf-8"',
            "",
            "<p>Votre message n’a pas pu être remis.</p>",
            "",
            "--inner-4e0b--",
            "",
            "--8b5e1f0a-c7d4-4e0b-9b6e-dce1",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns;DB9PR01MB1234.eurprd01.prod.exchangelabs.example",
            "",
            "Final-Recipient: rfc822;zoe.dubois@example.org",
            "Action: failed",
            "Status: 5.1.10",
            "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient",
            " not found by SMTP address lookup",
            "",
            "--8b5e1f0a-c7d4-4e0b-9b6e-dce1",
            "Content-Type: message/rfc822",
            "",
            RETURNED,
            "",
            "--8b5e1f0a-c7d4-4e0b-9b6e-dce1--",
        ]
    )


def gmail(came_to: str) -> bytes:
    """Gmail: the explanation in a part of related images, the status with its own line of comment."""
    return _joined(
        [
            f"Delivered-To: {came_to}",
            "Return-Path: <>",
            "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            f"To: {came_to}",
            "Auto-Submitted: auto-replied",
            "Subject: Delivery Status Notification (Failure)",
            'Content-Type: multipart/report; boundary="0000000000003f1b5d05f2a1c9b0"; report-type=delivery-status',
            "",
            "--0000000000003f1b5d05f2a1c9b0",
            'Content-Type: multipart/related; boundary="0000000000003f1f5e05f2a1c9b8"',
            "",
            "--0000000000003f1f5e05f2a1c9b8",
            'Content-Type: text/plain; charset="UTF-8"',
            "",
            "** The account that you tried to reach does not exist. **",
            "",
            "--0000000000003f1f5e05f2a1c9b8--",
            "--0000000000003f1b5d05f2a1c9b0",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; googlemail.com",
            "Arrival-Date: Fri, 20 Nov 2026 02:00:07 -0800 (PST)",
            "X-Original-Message-ID: <1@mail.example>",
            "",
            "Final-Recipient: rfc822; zoe.dubois@example.org",
            "Action: failed",
            "Status: 5.1.1",
            "Remote-MTA: dns; mx.example.org. (192.0.2.25, the server for the domain example.org.)",
            "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
            " 550 5.1.1 https://support.example/mail/?p=NoSuchUser",
            "Last-Attempt-Date: Fri, 20 Nov 2026 02:00:08 -0800 (PST)",
            "",
            "--0000000000003f1b5d05f2a1c9b0",
            "Content-Type: message/rfc822",
            "",
            RETURNED,
            "",
            "--0000000000003f1b5d05f2a1c9b0--",
        ]
    )


def with_status_part(came_to: str, *lines: str, headers: tuple[str, ...] = ()) -> bytes:
    """A report whose status part holds exactly these lines."""
    return _joined(
        [
            f"Delivered-To: {came_to}",
            'Content-Type: multipart/report; report-type="delivery-status"; boundary="b"',
            "",
            "--b",
            "Content-Type: message/delivery-status",
            *headers,
            "",
            *lines,
            "--b--",
        ]
    )


def absence_note(came_to: str) -> bytes:
    """An answer that a mailbox gives by itself."""
    lines = [
        f"Delivered-To: {came_to}", f"From: {ADDRESS}", f"To: {came_to}", "Auto-Submitted: auto-replied (vacation)",
        "Subject: Away: A link", "Content-Type: text/plain; charset=utf-8", "", "Status: 5.1.1", "Action: failed",
    ]  # fmt: skip
    return _joined(lines)


def read_by_a_person(came_to: str) -> bytes:
    """A report too, but of a reader and not of a server (RFC 8098)."""
    return postfix(came_to).replace(b"report-type=delivery-status", b"report-type=disposition-notification")


def forwarded(report: bytes, came_to: str) -> bytes:
    """A report that a person sends on as an attachment."""
    head = [
        f"Delivered-To: {came_to}", f"From: {ADDRESS}", 'Content-Type: multipart/mixed; boundary="f"', "", "--f",
        "Content-Type: text/plain", "", "See below.", "--f", "Content-Type: message/rfc822", "", "",
    ]  # fmt: skip
    return _joined(head)[:-2] + report + b"\r\n--f--\r\n"


def wrapped(report: bytes, times: int) -> bytes:
    """A report inside so many parts of parts, as gateways with a footer make them."""
    for number in range(times):
        boundary = f"wrap-{number}"
        home, _, rest = report.partition(b"\r\n")
        report = (
            _joined([home.decode(), f'Content-Type: multipart/mixed; boundary="{boundary}"', "", f"--{boundary}"])
            + rest
            + f"\r\n--{boundary}\r\nContent-Type: text/plain\r\n\r\nA footer\r\n--{boundary}--\r\n".encode()
        )
    return report


def _joined(lines: list[str]) -> bytes:
    return ("\r\n".join("\r\n".join(line.split("\n")) for line in lines) + "\r\n").encode()
