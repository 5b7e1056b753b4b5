"""The settings of an installation, typed, read once from the environment; the only file that does.

Names are prefixed `BISDESK_`; `*_FILE` wins over a plain value, so that a secret need not stand in the environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from identity.countries import ALPHA3_BY_COUNTRY
from notifications.limits import SmsLimits
from notifications.transports.urls import reaches_out
from workflow.errors import Unavailable
from workflow.lifecycles.activation import LINK_VALID_DAYS
from workflow.model import Language
from workflow.policy import Policy

PREFIX = "BISDESK_"
SECRETS = ("SECRET_KEY", "DATA_KEY", "AUDIT_KEY")
FROM_FILES = (*SECRETS, "DATABASE_URL", "SMTP_URL", "SMS_URL", "SMS_OLD_TOKEN", "REGISTER_URL", "OIDC_CLIENT_SECRET")
PLAIN = (
    "ENV", "HOME", "BASE_URL", "APPLICANT_BASE_URL", "MAIL_FROM", "BOUNCE_ADDRESS", "BOUNCE_MAILDIR", "ALLOW_RECIPIENTS",
    "INFO_DAYS", "REMINDER_DAYS", "RESEND_COOLDOWN_S", "LANGS", "THEME_DIR", "TEMPLATE_DIR", "LOG_LEVEL", "USER",
    "OIDC_ISSUER", "OIDC_CLIENT_ID", "CALLBACK_BASE_URL", "JOURNAL_DIR", "JOURNAL_DAYS", "MAIL_PER_S", "SMS_PER_S",
    "SMS_COUNTRIES", "SMS_PER_DAY", "SMS_PER_COUNTRY_DAY", "SMS_EUR_PER_DAY", "SMS_CENTS_PER_SEGMENT",
)  # fmt: skip
KNOWN = frozenset({*PLAIN, *FROM_FILES, *(f"{name}_FILE" for name in FROM_FILES)})
NOWHERE = "off"
RATE = re.compile(r"\d{1,4}(\.\d{1,3})?")
LEAST_RATE, MOST_RATE = 0.01, 1000
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Env(StrEnum):
    """Where it runs; only `live` reaches real people."""

    DEMO = "demo"
    TEST = "test"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation."""

    env: Env
    home: Path
    journal_dir: Path
    journal_days: int
    database_url: str = field(repr=False)
    smtp_url: str = field(repr=False)
    sms_url: str = field(repr=False)
    register_url: str = field(repr=False)
    base_url: str
    applicant_base_url: str
    mail_from: str
    bounce_address: str | None
    bounce_maildir: Path | None
    allow_recipients: tuple[str, ...]
    policy: Policy
    resend_cooldown_s: int
    mail_per_s: float
    sms_per_s: float
    sms_limits: SmsLimits
    languages: tuple[Language, ...]
    template_dir: Path | None
    log_level: str
    user: str | None = field(repr=False)
    secret_key: str | None = field(repr=False)
    data_key: str | None = field(repr=False)
    callback_base_url: str | None  # where providers reach us; None: nowhere, they are asked instead
    sms_old_token: str | None = field(repr=False)  # of the SMS account, while its tokens are changed
    warnings: tuple[str, ...] = ()


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Raises: Unavailable with every wrong setting at once, and the line that mends it.
    """
    given = _Reader(
        {name[len(PREFIX) :]: text for name, text in (environ or os.environ).items() if name.startswith(PREFIX)}
    )
    settings = _read(given)
    if settings.bounce_maildir and not settings.bounce_address:
        given.wrong.append(f"{PREFIX}BOUNCE_MAILDIR needs {PREFIX}BOUNCE_ADDRESS: without it no report can be matched.")
    unfit = _unfit_for_live(settings, given) if settings.env is Env.LIVE else _unfit_for_rehearsal(settings)
    wrong = [*given.wrong, *unfit]
    if wrong:
        raise Unavailable("The settings are not right:\n" + "\n".join(f"  {sentence}" for sentence in wrong))
    return settings


@dataclass(slots=True)
class _Reader:
    """Reads one name after the other and collects what is wrong."""

    given: Mapping[str, str] = field(repr=False)
    wrong: list[str] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        """The value, from its file where `*_FILE` names one."""
        path = self.given.get(f"{name}_FILE") if name in FROM_FILES else None
        if not path:
            return self.given.get(name, "").strip() or default
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self.wrong.append(f"{PREFIX}{name}_FILE names a file that cannot be read: mend its path or its mode.")
            return default

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        text = self.given.get(name, "").strip()
        if not text:
            return default
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        self.wrong.append(f"{PREFIX}{name} must be a whole number from {least} to {most}.")
        return default

    def rate(self, name: str) -> float:
        """So many a second; 0 is no limit."""
        text = self.given.get(name, "").strip() or "0"
        if RATE.fullmatch(text) and (float(text) == 0 or LEAST_RATE <= float(text) <= MOST_RATE):
            return float(text)
        self.wrong.append(f"{PREFIX}{name} must be a number from {LEAST_RATE} to {MOST_RATE}, such as 0.5, or 0.")
        return 0

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        text = self.given.get(name, "").strip() or default
        if text in choices:
            return text
        self.wrong.append(f"{PREFIX}{name} must be one of {', '.join(choices)}.")
        return default

    def words(self, name: str, default: str = "") -> tuple[str, ...]:
        """Words between commas."""
        return tuple(word.strip() for word in self.text(name, default).split(",") if word.strip())


def _read(given: _Reader) -> Settings:
    home = Path(given.text("HOME", ".bisdesk"))
    base = given.text("BASE_URL", "http://127.0.0.1:8080").rstrip("/")
    template_dir, maildir = given.text("TEMPLATE_DIR"), given.text("BOUNCE_MAILDIR")
    return Settings(
        env=Env(given.one_of("ENV", Env.DEMO, tuple(Env))),
        home=home,
        journal_dir=Path(given.text("JOURNAL_DIR", f"{home}/journal")),
        journal_days=given.number("JOURNAL_DAYS", 60, least=1, most=3650),
        database_url=given.text("DATABASE_URL", f"sqlite:///{home.resolve()}/bisdesk.db"),
        smtp_url=given.text("SMTP_URL", f"capture:{home}/mail"),
        sms_url=given.text("SMS_URL", f"capture:{home}/sms"),
        register_url=given.text("REGISTER_URL", "simulator:"),
        base_url=base,
        applicant_base_url=given.text("APPLICANT_BASE_URL", base).rstrip("/"),
        mail_from=given.text("MAIL_FROM", "Bisdesk <no-reply@bisdesk.example>"),
        bounce_address=given.text("BOUNCE_ADDRESS") or None,
        bounce_maildir=Path(maildir) if maildir else None,
        allow_recipients=given.words("ALLOW_RECIPIENTS"),
        policy=Policy(
            info_days=given.number("INFO_DAYS", Policy().info_days, least=1, most=365), reminder_days=_days(given)
        ),
        resend_cooldown_s=given.number("RESEND_COOLDOWN_S", 300, least=0, most=86_400),
        mail_per_s=given.rate("MAIL_PER_S"),
        sms_per_s=given.rate("SMS_PER_S"),
        sms_limits=_sms_limits(given),
        languages=_languages(given),
        template_dir=Path(template_dir) if template_dir else None,
        log_level=given.one_of("LOG_LEVEL", "INFO", LEVELS),
        user=given.text("USER") or None,
        secret_key=given.text("SECRET_KEY") or None,
        data_key=given.text("DATA_KEY") or None,
        callback_base_url=_callback_base_url(given, base),
        sms_old_token=given.text("SMS_OLD_TOKEN") or None,
        warnings=tuple(
            f"{PREFIX}{name} is no setting of bisdesk; check its name." for name in sorted(set(given.given) - KNOWN)
        ),
    )


def _days(given: _Reader) -> tuple[int, ...]:
    words = given.words("REMINDER_DAYS", "7,12")
    if words == ("none",):
        return ()
    if all(word.isascii() and word.isdigit() and 0 < int(word) < LINK_VALID_DAYS for word in words) and len(words) <= 2:
        return tuple(sorted({int(word) for word in words}))
    given.wrong.append(
        f"{PREFIX}REMINDER_DAYS must be one or two days from 1 to {LINK_VALID_DAYS - 1} between commas, such as 7,12, or none."
    )
    return ()


def _callback_base_url(given: _Reader, base: str) -> str | None:
    """Where providers reach us: where officers do, if that is a place on the internet, unless another or none is named."""
    text = given.text("CALLBACK_BASE_URL", base if base.startswith("https://") else NOWHERE).rstrip("/")
    if text == NOWHERE:
        return None
    parts = urlsplit(text)
    if parts.scheme in ("https", "http") and parts.hostname and not (parts.query or parts.fragment or parts.username):
        return text
    given.wrong.append(
        f"{PREFIX}CALLBACK_BASE_URL must be an address that begins with https://, or the word {NOWHERE}."
    )
    return None


def _sms_limits(given: _Reader) -> SmsLimits:
    countries = frozenset(word.upper() for word in given.words("SMS_COUNTRIES"))
    if not countries <= set(ALPHA3_BY_COUNTRY):
        given.wrong.append(f"{PREFIX}SMS_COUNTRIES must be ISO codes of countries between commas, such as BE,FR,NL.")
    default, many = SmsLimits(), 10_000_000
    return SmsLimits(
        per_day=given.number("SMS_PER_DAY", default.per_day, least=0, most=many),
        per_country_day=given.number("SMS_PER_COUNTRY_DAY", default.per_country_day, least=0, most=many),
        cents_per_day=100 * given.number("SMS_EUR_PER_DAY", default.cents_per_day // 100, least=0, most=many),
        cents_per_segment=given.number("SMS_CENTS_PER_SEGMENT", default.cents_per_segment, least=0, most=1000),
        countries=countries,
    )


def _languages(given: _Reader) -> tuple[Language, ...]:
    words = given.words("LANGS", "nl,fr,de,en")
    if words and set(words) <= set(Language):
        return tuple(Language(word) for word in dict.fromkeys(words))
    given.wrong.append(f"{PREFIX}LANGS must be some of nl,fr,de,en between commas.")
    return tuple(Language)


def _unfit_for_rehearsal(settings: Settings) -> list[str]:
    """Only live may reach people it was not told of: a provider outside this machine needs a list of recipients (I18)."""
    if settings.allow_recipients:
        return []
    return [
        f"{PREFIX}{name} names a real provider in {settings.env}: name in {PREFIX}ALLOW_RECIPIENTS who may be written to."
        for name, value in (("SMTP_URL", settings.smtp_url), ("SMS_URL", settings.sms_url))
        if reaches_out(value)
    ]


def _unfit_for_live(settings: Settings, given: _Reader) -> list[str]:
    """What real people must never meet: made-up keys, messages that go nowhere, links that can be read on the way."""
    wrong = []
    for name in ("SECRET_KEY", "DATA_KEY"):
        if not given.text(name):
            wrong.append(
                f"{PREFIX}{name}_FILE must name a file with 32 random bytes in base64: openssl rand -base64 32 > FILE"
            )
        path = given.given.get(f"{name}_FILE")
        if path and Path(path).exists() and Path(path).stat().st_mode & 0o077:
            wrong.append(f"{PREFIX}{name}_FILE can be read by others: chmod 600 {path}")
    for name, value in (("SMTP_URL", settings.smtp_url), ("SMS_URL", settings.sms_url)):
        if value.startswith("capture:"):
            wrong.append(f"{PREFIX}{name} must name a real provider: a captured message reaches nobody.")
    if settings.register_url.startswith("simulator:"):
        wrong.append(f"{PREFIX}REGISTER_URL must not be the simulator: its numbers are invented. Use manual:")
    for name, value in (
        ("BASE_URL", settings.base_url),
        ("APPLICANT_BASE_URL", settings.applicant_base_url),
        ("CALLBACK_BASE_URL", settings.callback_base_url or "https://"),
    ):
        if not value.startswith("https://"):
            wrong.append(f"{PREFIX}{name} must begin with https://")
    return wrong
