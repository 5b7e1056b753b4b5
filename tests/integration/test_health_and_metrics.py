"""What a monitor sees: health in one word, figures without names, and a server that starts and stops cleanly."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPException
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.race_world import Place
from tests.integration.receiving import PATIENT_S, Line
from tests.support.twilio_callbacks import bring, deliver, fields, request
from tests.support.twilio_server import Fails, TwilioServer


def health(calls: Line, path: str = "/health") -> tuple[int, str]:
    """Status and word."""
    answer = calls.get(path)
    return answer.status, json.loads(answer.headers[""])["status"]


def scraped(calls: Line) -> dict[str, float]:
    """Every sample by its name and labels."""
    text = calls.get("/metrics").headers[""]
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_it_is_up_while_somebody_ticks_and_nothing_waits_for_long(calls: Line) -> None:
    before = health(calls)
    calls.sent()
    bring(calls.twilio.messages[0], "delivered")

    assert before == (200, "DEGRADED"), "nobody has ticked yet"
    assert health(calls) == (200, "UP")
    calls.wait(minutes=6)
    assert health(calls) == (200, "DEGRADED"), "nobody ticks any more"


def test_it_is_degraded_while_a_provider_is_down_and_up_again_when_it_answers(
    calls: Line, twilio: TwilioServer
) -> None:
    twilio.script.append(Fails(401, 20003))
    calls.tick("outbox")
    states = [health(calls)[1]]
    calls.owed()

    for _ in range(2):
        calls.tick("outbox", minutes=6)
        states.append(health(calls)[1])

    assert states == ["UP", "DEGRADED", "UP"]


def test_it_is_down_without_its_database_and_lives_all_the_same(calls: Line) -> None:
    database = calls.maker.home / "bisdesk.db"
    calls.app.store.dispose()
    database.rename(database.with_suffix(".away"))

    seen = [health(calls, path) for path in ("/health", "/health/ready", "/health/live")]

    assert seen == [(503, "DOWN"), (503, "DOWN"), (200, "UP")]
    assert calls.get("/metrics").status == 503


def test_the_figures_tell_of_waiting_arrival_and_refusal(calls: Line) -> None:
    calls.owed(3)
    calls.wait(minutes=2)
    waiting = scraped(calls)
    calls.tick("outbox")
    first, second, third = calls.twilio.messages
    calls.wait(seconds=8)
    bring(first, "delivered")
    calls.wait(seconds=8)
    bring(second, "delivered")
    bring(third, "undelivered", error=30005)
    deliver(first.form["StatusCallback"], fields(first, "sent"), token="forged")
    seen = scraped(calls)

    assert waiting["bisdesk_message_oldest_due_seconds['sms']"] == 120
    assert waiting["bisdesk_messages['queued']"] == 3
    assert seen["bisdesk_message_sent_to_delivered_seconds['0.5', 'sms']"] == 8
    assert seen["bisdesk_message_sent_to_delivered_seconds['0.99', 'sms']"] == 16
    assert seen["bisdesk_message_delivered_within_10s_ratio['sms']"] == pytest.approx(1 / 3)
    assert seen["bisdesk_messages['undelivered']"] == 1
    assert seen["bisdesk_callbacks_refused_total['signature']"] == 1
    assert seen["bisdesk_channel_at_capacity['sms']"] == 0
    assert seen["bisdesk_receipts_stray[]"] == 0


def test_no_figure_carries_a_name_a_reference_or_an_address(calls: Line) -> None:
    sms = calls.sent()
    bring(sms, "delivered")
    deliver(sms.form["StatusCallback"], fields(sms, "sent"), token="forged")

    text = calls.get("/metrics").headers[""]

    labels = {value for found in re.findall(r"\{(.*?)\}", text) for value in re.findall(r'"(.*?)"', found)}
    assert labels <= {
        "email", "sms", "task", "letter", "register", "queued", "sending", "unknown", "parked", "failed", "undelivered",
        "bounced", "signature", "0.5", "0.95", "0.99",
    }  # fmt: skip


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_the_server_starts_ticks_beside_and_stops_with_nought(
    furnished_sqlite: Place, tmp_path: Path, signal_: signal.Signals
) -> None:
    place = furnished_sqlite.copied(tmp_path / "home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "import sys; from bisdesk.cli import main; sys.exit(main())"]
    running = subprocess.Popen(
        [*command, "serve", "--port", str(port), "--worker"],
        env=os.environ | place.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        seen = _until_up(port, running)
    finally:
        running.send_signal(signal_)
        _, said = running.communicate(timeout=PATIENT_S)

    assert seen == "UP"
    assert running.returncode == 0
    assert "The server has stopped." in said
    assert "/health" not in said, "no path is written down"


def _until_up(port: int, running: subprocess.Popen[str]) -> str:
    """Wait for the first tick; what the health said at last."""
    until, word = time.monotonic() + PATIENT_S, "nothing"
    while word != "UP" and time.monotonic() < until and running.poll() is None:
        try:
            word = json.loads(request("GET", f"http://127.0.0.1:{port}/health").headers[""])["status"]
        except (OSError, HTTPException):
            time.sleep(0.05)
    return word
