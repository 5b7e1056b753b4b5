"""Where receipts may come in, as the settings say: nowhere unless there is an address on the internet or one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bisdesk.bootstrap import install
from bisdesk.settings import Settings, read_settings
from workflow.errors import Unavailable

SMS = {"SMS_URL": "twilio://ACa1:secret-token@+32460001122?base=http://127.0.0.1:4010"}
LIVE = {
    "ENV": "live", "SECRET_KEY": "a" * 44, "DATA_KEY": "b" * 44, "SMTP_URL": "smtp://mail.example",
    "REGISTER_URL": "manual:", "BASE_URL": "https://desk.example", "DATABASE_URL": "postgresql:///bisdesk",
    "JOURNAL_DIR": "/srv/journal", "MAIL_FROM": "Bisdesk <no-reply@desk.example>", "OIDC_ISSUER": "off",
    "CLAMD": "off", **SMS,
}  # fmt: skip


def settings(folder: Path, **given: str) -> Settings:
    """What is read from these."""
    return read_settings({f"BISDESK_{name}": text for name, text in ({"HOME": str(folder)} | given).items()})


@pytest.mark.parametrize(
    ("given", "callback"),
    [
        ({}, None),
        ({"BASE_URL": "http://127.0.0.1:8080"}, None),
        ({"BASE_URL": "https://desk.example/"}, "https://desk.example/callbacks/twilio"),
        ({"BASE_URL": "https://desk.example/app"}, "https://desk.example/app/callbacks/twilio"),
        ({"BASE_URL": "https://desk.example", "CALLBACK_BASE_URL": "off"}, None),
        (
            {"BASE_URL": "https://desk.intern", "CALLBACK_BASE_URL": "https://receipts.example:8443"},
            "https://receipts.example:8443/callbacks/twilio",
        ),
        ({"CALLBACK_BASE_URL": "http://127.0.0.1:9000/"}, "http://127.0.0.1:9000/callbacks/twilio"),
    ],
)
def test_receipts_come_to_a_public_address_or_to_the_one_that_is_named(
    tmp_path: Path, given: dict[str, str], callback: str | None
) -> None:
    app = install(settings(tmp_path, **SMS, **given))

    assert app.callback == callback
    assert getattr(app.dispatcher.sms_transport, "callback", "no Twilio") == callback
    assert (app.sms_account is None) == (callback is None)


@pytest.mark.parametrize(
    "address", ["desk.example", "ftp://desk.example", "https://", "https://a?b=1", "https://me:pw@a"]
)
def test_an_address_that_is_none_is_named_with_the_line_that_mends_it(tmp_path: Path, address: str) -> None:
    with pytest.raises(Unavailable, match="BISDESK_CALLBACK_BASE_URL must be an address"):
        settings(tmp_path, CALLBACK_BASE_URL=address)


def test_real_receipts_never_come_in_the_clear(tmp_path: Path) -> None:
    settings(tmp_path, **LIVE)
    with pytest.raises(Unavailable, match="BISDESK_CALLBACK_BASE_URL must begin with https://"):
        settings(tmp_path, **LIVE, CALLBACK_BASE_URL="http://desk.example")


def test_two_tokens_are_believed_while_they_are_changed(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("old-token\n")

    app = install(settings(tmp_path, **SMS, CALLBACK_BASE_URL="https://a.example", SMS_OLD_TOKEN_FILE=str(old)))

    assert app.sms_account is not None
    assert app.sms_account.tokens == ("secret-token", "old-token")
    assert "old-token" not in repr(app.settings) + repr(app.sms_account)
    assert "secret-token" not in repr(app.settings) + repr(app.sms_account)


def test_captured_sms_have_no_receipts(tmp_path: Path) -> None:
    assert install(settings(tmp_path, CALLBACK_BASE_URL="https://a.example")).sms_account is None
