"""Live serves nobody before it was told who stands between the visitors and the server; doctor says it as well."""

from __future__ import annotations

import base64
import socket
from typing import Any

import pytest

from tests.acceptance.desk import Desk

LINE = "BISDESK_TRUSTED_PROXIES must name the proxy in front of the server, such as 127.0.0.1, or be none where there is none"


@pytest.fixture
def live(lite: Desk) -> Desk:
    """The installation with all that live insists on, but for the proxies."""
    home = lite.folder / "home"
    lite.set(
        ENV="live", DATABASE_URL=f"sqlite:///{home}/bisdesk.db", JOURNAL_DIR=str(lite.folder / "journal"),
        SECRET_KEY=base64.b64encode(b"s" * 32).decode(), DATA_KEY=base64.b64encode(b"d" * 32).decode(),
        BASE_URL="https://desk.your.example", APPLICANT_BASE_URL="https://sleutels.your.example",
        SMTP_URL="smtp://127.0.0.1:1", SMS_URL="twilio://AC1:token@Bisdesk?base=http://127.0.0.1:1",
        REGISTER_URL="manual:", MAIL_FROM="Bisdesk <no-reply@your.example>", OIDC_ISSUER="off",
        CLAMD="off",
    )  # fmt: skip
    return lite


def served(desk: Desk) -> str:
    """What the server says that finds its door taken: whoever comes so far has passed what live insists on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = desk.run("serve", "--port", str(other.getsockname()[1]), plain=True)
    assert done.code != 0
    return done.err


def proxies_line(desk: Desk) -> Any:
    """What doctor says of proxies."""
    return next(line for line in desk.run("doctor").json if line["name"] == "proxies")


def test_live_does_not_serve_before_a_proxy_is_named(live: Desk) -> None:
    said = served(live)

    assert LINE in said
    assert "Nothing can listen" not in said


@pytest.mark.parametrize("named", ["none", "127.0.0.1", "10.0.0.5,10.1.0.0/24"])
def test_live_serves_once_it_is_told_who_may_say_who_asks_or_that_nobody_may(live: Desk, named: str) -> None:
    live.set(TRUSTED_PROXIES=named)

    assert "Nothing can listen" in served(live)


def test_a_rehearsal_serves_without_a_word_about_proxies(lite: Desk) -> None:
    assert "Nothing can listen" in served(lite)


def test_doctor_shows_what_live_will_insist_on(live: Desk) -> None:
    unsaid = proxies_line(live)
    live.set(TRUSTED_PROXIES="none")
    none = proxies_line(live)
    live.set(TRUSTED_PROXIES="10.0.0.5")

    assert (unsaid["ok"], LINE in unsaid["do"]) == (False, True)
    assert (none["ok"], none["found"]) == (True, "none: whoever connects is the one who asks")
    assert proxies_line(live)["found"] == "10.0.0.5 may say who asks"
