"""The page on delivery: its promise, the table of retries as the program has it, and the figures of the last proof."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from notifications.retry import MAX_ATTEMPTS, POLICY
from tests.proof.report import table
from workflow.outbox import Channel

FIGURES = "docs/delivery.json"
PAGE = """\
<!-- Generated from notifications/retry.py and docs/delivery.json; write it again with `make docs`. -->

# Delivery

## What is promised

Once the system has told you a step succeeded, the step and every message it calls for are on disk in the same transaction. Each
message is then handed to the mail or SMS provider **at least once** before its deadline, or a person sees why not. No message is
silently lost. A message can be handed over **twice only if** a process, machine or network dies in the short gap after the provider
accepted it and before we could record that; each such event can cause **at most one** extra copy. Every copy of one message is
identical: same Message-ID, link and code; receiving it twice changes nothing, and using it twice is refused. Hand-over is not
reading: we report what the provider told us, and say *unknown* when we do not know.

## How

- A message is a row, written in the transaction of the step that owes it.
- An attempt is written down, then made, then its outcome is written down. An attempt without an outcome is `unknown`.
- A mail whose outcome is unknown is repeated byte for byte. An SMS is looked up with the provider first, and sent again only when
  the provider does not know it and its validity is over.
- Nothing leaves at or after its last moment; a link or code that waited longer than a day is made anew before it leaves.
- Entities take turns: many messages of one do not keep those of another waiting.
- A second journal outside the database keeps a restored backup from sending again: see
  [restore a backup](how-to/restore-a-backup.md).

![The states of a message](pictures/message.svg)

Every arrow stands with its conditions in [the lifecycles](lifecycles.md#one-message); what an officer does with each state, in
[look after messages](how-to/look-after-messages.md).

## When it is tried again

{retries}

A temporary error counts as an attempt, a provider that is down does not. All waits end at the last moment of the message.

## The proof

`make proof-delivery MESSAGES=100000`; with 10,000 it is part of the tests. Measured on {measured} on 2 cores with 24 GiB: {minutes}
minutes, {years} years of clock time in all parts together.

Activations are issued, renewed, typed in and left to run out through the real corridor, in a SQLite file and on a real PostgreSQL.
The real dispatcher sends over sockets, with the real mail transport and Twilio's own client, from one or two worker processes. The
providers fail at one exchange in twenty, in every way that the last table names, and write down what they took. In three of four
parts workers are killed by SIGKILL at random moments, and right after a provider took a message. The clock is handed in, so nobody
waits. After 60 days the faults end, after 100 days all is compared: the providers' journals with the queue, copy by copy.

{figures}
## What this does not show

- The providers of the proof are ours. Twilio's is held to Twilio's own API description by a validating proxy in a test of its own;
  mail through a real Postfix has tests of its own too.
- A killed process is not a power failure: what a disk keeps is up to the disk. The databases of the proof lie in memory.
- Encryption and sign-in to the mail server are not part of the faults here, nor are reports of mail servers.
- An accepted mail for which no report comes stays `accepted`; nobody knows whether it was read.
"""


def delivery_page(root: Path) -> str:
    """The page."""
    kept = json.loads((root / FIGURES).read_text(encoding="utf-8"))
    return PAGE.format(
        retries=retries(), measured=kept["measured"], minutes=kept["minutes"], years=kept["years"], figures=table(kept)
    )


def retries() -> str:
    """The policy as a table."""
    mail, sms = POLICY[Channel.EMAIL], POLICY[Channel.SMS]
    valid = f"asked about, then {_time(sms.valid)} of validity waited out" if sms.valid else "asked about"
    rows = (
        ("a temporary error", _times(mail.transient), _times(sms.transient)),
        ("attempts at most", str(MAX_ATTEMPTS), str(MAX_ATTEMPTS)),
        ("the provider is down", _span(mail.down), _span(sms.down)),
        ("the outcome is unknown", f"repeated after {_time(mail.unknown)}", f"after {_time(sms.unknown)} {valid}"),
        ("no receipt comes", _times(mail.polls) or "not asked", f"asked after {_times(sms.polls)}"),
    )
    return "\n".join(["| What happened | Mail | SMS |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)])


def _times(waits: Iterable[timedelta]) -> str:
    return ", ".join(map(_time, waits))


def _span(waits: tuple[timedelta, timedelta]) -> str:
    return f"as long again as it has lasted, {_time(waits[0])} to {_time(waits[1])}"


def _time(wait: timedelta) -> str:
    minutes = int(wait.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes and minutes % 60 == 0 else f"{minutes} min"
