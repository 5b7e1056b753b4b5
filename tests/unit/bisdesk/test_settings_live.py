"""What live insists on before anything starts, each with the line that mends it; and the page says the same names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bisdesk.settings import NAMED_IN_LIVE, read_settings
from workflow.errors import Unavailable

RIGHT = {
    "ENV": "live", "HOME": "/srv/bisdesk", "JOURNAL_DIR": "/srv/journal", "DATABASE_URL": "postgresql:///bisdesk",
    "SECRET_KEY": "a" * 44, "DATA_KEY": "b" * 44, "BASE_URL": "https://desk.your.example",
    "SMTP_URL": "smtp://mail.your.example", "SMS_URL": "twilio://AC1:token@Bisdesk", "REGISTER_URL": "manual:",
    "MAIL_FROM": "Bisdesk <no-reply@your.example>", "OIDC_ISSUER": "off",
    "CLAMD": "unix:/run/clamav/clamd.ctl",
}  # fmt: skip
PAGE = Path("docs/how-to/run-live.md")


def refusal(**given: str) -> str:
    """What is said of these settings; nothing where they are right."""
    try:
        read_settings({f"BISDESK_{name}": text for name, text in given.items()})
    except Unavailable as refused:
        return refused.detail
    return ""


def test_what_is_complete_starts() -> None:
    assert refusal(**RIGHT) == ""


@pytest.mark.parametrize("name", sorted(RIGHT.keys() - {"ENV"}))
def test_whatever_is_left_out_is_named(name: str) -> None:
    assert f"BISDESK_{name}" in refusal(**{other: text for other, text in RIGHT.items() if other != name})


@pytest.mark.parametrize(
    ("name", "text"),
    [("HOME", "bisdesk"), ("JOURNAL_DIR", "./journal"), ("DATABASE_URL", "sqlite:///bisdesk.db")],
)
def test_a_place_that_depends_on_where_one_stands_is_refused(name: str, text: str) -> None:
    assert f"BISDESK_{name} must name a place from the root on" in refusal(**RIGHT | {name: text})


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = refusal(ENV="live")

    assert [name for name in RIGHT if name != "ENV" and f"BISDESK_{name}" not in said] == []
    assert len(said.splitlines()) > len(RIGHT) - 1


def test_the_page_lists_what_live_insists_on() -> None:
    step = re.search(r"\*\*Settings\*\*.*?is named", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    assert step is not None
    listed = {word.removesuffix("_FILE") for word in re.findall(r"`BISDESK_([A-Z_]+)(?:=live)?`", step.group())}
    assert listed == {*RIGHT, "APPLICANT_BASE_URL"}  # that one is the base URL unless it is named
    assert set(NAMED_IN_LIVE) <= listed


def test_a_bounce_address_that_is_none_is_refused_before_anything_starts() -> None:
    assert "BISDESK_BOUNCE_ADDRESS is not right" in refusal(BOUNCE_ADDRESS="not an address")
