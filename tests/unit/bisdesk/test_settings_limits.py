"""Settings of rates and limits, and the rule that a rehearsal reaches nobody who was not named."""

from __future__ import annotations

import pytest

from bisdesk.settings import read_settings
from notifications.limits import SmsLimits
from workflow.errors import Unavailable

RELAY, ACCOUNT = "smtp://u:p@mail.your.example:587", "twilio://AC1:token@Bisdesk"


def read(**given: str) -> object:
    return read_settings({f"BISDESK_{name}": value for name, value in given.items()})


def test_without_a_word_there_is_no_rate_and_no_limit_that_an_operator_sets() -> None:
    settings = read_settings({"BISDESK_ENV": "demo"})

    assert (settings.mail_per_s, settings.sms_per_s) == (0, 0)
    assert settings.sms_limits == SmsLimits(0, 0, 0, 10, frozenset())


def test_rates_and_limits_are_read() -> None:
    settings = read_settings(
        {
            "BISDESK_MAIL_PER_S": "2.5", "BISDESK_SMS_PER_S": "1", "BISDESK_SMS_COUNTRIES": "be, FR,nl",
            "BISDESK_SMS_PER_DAY": "500", "BISDESK_SMS_PER_COUNTRY_DAY": "100", "BISDESK_SMS_EUR_PER_DAY": "50",
            "BISDESK_SMS_CENTS_PER_SEGMENT": "9",
        }
    )  # fmt: skip

    assert (settings.mail_per_s, settings.sms_per_s) == (2.5, 1)
    assert settings.sms_limits == SmsLimits(500, 100, 5000, 9, frozenset({"BE", "FR", "NL"}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_PER_S", "fast"), ("SMS_PER_S", "-1"), ("SMS_PER_S", "0.001"), ("SMS_PER_S", "1e3"),
        ("SMS_COUNTRIES", "BE,XX"), ("SMS_PER_DAY", "many"), ("SMS_EUR_PER_DAY", "1.5"),
    ],
)  # fmt: skip
def test_a_wrong_limit_is_named(name: str, value: str) -> None:
    with pytest.raises(Unavailable, match=f"BISDESK_{name}"):
        read(**{name: value})


@pytest.mark.parametrize("env", ["demo", "test"])
@pytest.mark.parametrize(("name", "url"), [("SMTP_URL", RELAY), ("SMS_URL", ACCOUNT)])
def test_outside_live_a_real_provider_needs_a_list_of_recipients(env: str, name: str, url: str) -> None:
    with pytest.raises(Unavailable, match="BISDESK_ALLOW_RECIPIENTS") as refused:
        read(ENV=env, **{name: url})

    assert "token" not in refused.value.detail
    assert read(ENV=env, ALLOW_RECIPIENTS="*@your.example", **{name: url})


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("SMTP_URL", "smtp://127.0.0.1:2525"), ("SMTP_URL", "smtp://localhost:2525?starttls=never"),
        ("SMTP_URL", "smtp://[::1]:2525"), ("SMTP_URL", "capture:mail"),
        ("SMS_URL", f"{ACCOUNT}?base=http://127.0.0.1:4010"), ("SMS_URL", "capture:sms"),
    ],
)  # fmt: skip
def test_what_stays_on_this_machine_needs_none(name: str, url: str) -> None:
    assert read(ENV="test", **{name: url})
