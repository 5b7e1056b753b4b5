"""The settings of an installation, typed, read once from the environment; the only file that does.

Names are prefixed `BISDESK_`; `*_FILE` wins over a plain value, so that a secret need not stand in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from bisdesk.canary_route import LEAST_MIN, MOST_MIN, route_of
from bisdesk.settings_desk import CLOSED_DESK, NAMES, Desk, desk_unfit_for_live, read_desk
from bisdesk.settings_papers import CLAMD, papers_unfit_for_live, read_clamd
from bisdesk.settings_reader import FROM_FILES, PREFIX, Reader
from bisdesk.site_address import address_trouble, proxies_of
from identity.countries import ALPHA3_BY_COUNTRY
from notifications.bounces import bounce_address
from notifications.limits import SmsLimits
from notifications.transports.urls import reaches_out
from workflow.canary import Route
from workflow.errors import Unavailable
from workflow.lifecycles.activation import LINK_VALID_DAYS
from workflow.model import Language
from workflow.policy import Policy

PLAIN = (
    "ENV", "HOME", "BASE_URL", "APPLICANT_BASE_URL", "MAIL_FROM", "BOUNCE_ADDRESS", "BOUNCE_MAILDIR", "ALLOW_RECIPIENTS",
    "INFO_DAYS", "REMINDER_DAYS", "RESEND_COOLDOWN_S", "LANGS", "THEME_DIR", "TEMPLATE_DIR", "LOG_LEVEL", "USER",
    *NAMES, "CALLBACK_BASE_URL", "JOURNAL_DIR", "JOURNAL_DAYS", "MAIL_PER_S", "SMS_PER_S",
    "SMS_COUNTRIES", "SMS_PER_DAY", "SMS_PER_COUNTRY_DAY", "SMS_EUR_PER_DAY", "SMS_CENTS_PER_SEGMENT",
    "TRUSTED_PROXIES", CLAMD, "CANARY_EMAIL", "CANARY_MOBILE", "CANARY_EVERY_MIN",
)  # fmt: skip
KNOWN = frozenset({*PLAIN, *FROM_FILES, *(f"{name}_FILE" for name in FROM_FILES)})
NOWHERE = "off"
NAMED_IN_LIVE = {  # what a default would hide until it harms
    "HOME": "a folder of its own, such as /var/lib/bisdesk",
    "JOURNAL_DIR": "a folder that no backup of the database holds, such as /var/lib/bisdesk-journal",
    "DATABASE_URL": "the database, such as postgresql://user@host/name or sqlite:////srv/bisdesk/bisdesk.db",
    "MAIL_FROM": "the sender of every mail, such as Bisdesk <no-reply@your.example>",
}
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
    theme_dir: Path | None
    trusted_proxies: tuple[str, ...] | None  # None: nobody has said whether there is any
    log_level: str
    user: str | None = field(repr=False)
    secret_key: str | None = field(repr=False)
    data_key: str | None = field(repr=False)
    callback_base_url: str | None  # where providers reach us; None: nowhere, they are asked instead
    sms_old_token: str | None = field(repr=False)  # of the SMS account, while its tokens are changed
    desk: Desk = CLOSED_DESK  # how officers come in
    canary: Route | None = None  # who stands in for the heartbeat's person; None: there is no heartbeat
    clamd: str = "off"  # where the virus scanner listens
    warnings: tuple[str, ...] = ()


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Raises: Unavailable with every wrong setting at once, and the line that mends it.
    """
    given = Reader(
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


def _read(given: Reader) -> Settings:
    home = Path(given.text("HOME", ".bisdesk")).absolute()
    base = given.text("BASE_URL", "http://127.0.0.1:8080").rstrip("/")
    template_dir, theme_dir = given.text("TEMPLATE_DIR"), given.text("THEME_DIR")
    maildir = given.text("BOUNCE_MAILDIR")
    return Settings(
        env=Env(given.one_of("ENV", Env.DEMO, tuple(Env))),
        home=home,
        journal_dir=Path(given.text("JOURNAL_DIR", f"{home}/journal")).absolute(),
        journal_days=given.number("JOURNAL_DAYS", 60, least=1, most=3650),
        database_url=given.text("DATABASE_URL", f"sqlite:///{home}/bisdesk.db"),
        smtp_url=given.text("SMTP_URL", f"capture:{home}/mail"),
        sms_url=given.text("SMS_URL", f"capture:{home}/sms"),
        register_url=given.text("REGISTER_URL", "simulator:"),
        base_url=base,
        applicant_base_url=given.text("APPLICANT_BASE_URL", base).rstrip("/"),
        mail_from=given.text("MAIL_FROM", "Bisdesk <no-reply@bisdesk.example>"),
        bounce_address=_bounce_address(given),
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
        theme_dir=Path(theme_dir) if theme_dir else None,
        trusted_proxies=_proxies(given),
        log_level=given.one_of("LOG_LEVEL", "INFO", LEVELS),
        user=given.text("USER") or None,
        secret_key=given.text("SECRET_KEY") or None,
        data_key=given.text("DATA_KEY") or None,
        callback_base_url=_callback_base_url(given, base),
        sms_old_token=given.text("SMS_OLD_TOKEN") or None,
        desk=read_desk(given, base=base),
        clamd=read_clamd(given),
        canary=_canary(given),
        warnings=tuple(_warnings(given, site=given.text("APPLICANT_BASE_URL", base).rstrip("/"))),
    )


def _warnings(given: Reader, *, site: str) -> Iterator[str]:
    """What works, and is probably not meant; live refuses the address of a site that is not right."""
    for name in sorted(set(given.given) - KNOWN):
        yield f"{PREFIX}{name} is no setting of bisdesk; check its name."
    if trouble := address_trouble(site):
        yield f"{PREFIX}APPLICANT_BASE_URL {trouble}."


def _bounce_address(given: Reader) -> str | None:
    address = given.text("BOUNCE_ADDRESS")
    try:
        return address if address and bounce_address(address, b"") else None
    except ValueError as wrong:
        given.wrong.append(f"{PREFIX}BOUNCE_ADDRESS is not right: {wrong}.")
        return address  # so that it counts as set, and nothing else is called wrong


def _days(given: Reader) -> tuple[int, ...]:
    words = given.words("REMINDER_DAYS", "7,12")
    if words == ("none",):
        return ()
    if all(word.isascii() and word.isdigit() and 0 < int(word) < LINK_VALID_DAYS for word in words) and len(words) <= 2:
        return tuple(sorted({int(word) for word in words}))
    given.wrong.append(
        f"{PREFIX}REMINDER_DAYS must be one or two days from 1 to {LINK_VALID_DAYS - 1} between commas, such as 7,12, or none."
    )
    return ()


def _callback_base_url(given: Reader, base: str) -> str | None:
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


def _canary(given: Reader) -> Route | None:
    minutes = given.number("CANARY_EVERY_MIN", 0, least=LEAST_MIN, most=MOST_MIN)
    route, wrong = route_of(given.text("CANARY_EMAIL"), given.words("CANARY_MOBILE"), minutes)
    given.wrong += [PREFIX + sentence for sentence in wrong]
    return route


def _sms_limits(given: Reader) -> SmsLimits:
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


def _proxies(given: Reader) -> tuple[str, ...] | None:
    """The proxies whose word counts for who asks."""
    words = given.words("TRUSTED_PROXIES")
    try:
        return proxies_of(words) if words else None
    except ValueError:
        given.wrong.append(
            f"{PREFIX}TRUSTED_PROXIES must be addresses or networks between commas, such as 10.0.0.5,10.1.0.0/24, or none."
        )
        return None


def _languages(given: Reader) -> tuple[Language, ...]:
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


def _unfit_for_live(settings: Settings, given: Reader) -> list[str]:
    """What real people must never meet: made-up keys, messages that go nowhere, links that can be read on the way."""
    wrong = [*_unnamed(given), *desk_unfit_for_live(settings.desk, given), *papers_unfit_for_live(given)]
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
        ("CALLBACK_BASE_URL", settings.callback_base_url or "https://"),
    ):
        if not value.startswith("https://"):
            wrong.append(f"{PREFIX}{name} must begin with https://")
    site = settings.applicant_base_url
    if trouble := address_trouble(site) or (None if site.startswith("https://") else "must begin with https://"):
        wrong.append(f"{PREFIX}APPLICANT_BASE_URL {trouble}.")
    return wrong


def _unnamed(given: Reader) -> Iterator[str]:
    """What live must be told in words, and places that would move with the folder that a program is started in."""
    for name, such in NAMED_IN_LIVE.items():
        place = given.text(name)
        sqlite = place.startswith("sqlite:")
        if not place:
            yield f"{PREFIX}{name} must name {such}."
        elif (name in ("HOME", "JOURNAL_DIR") and not place.startswith("/")) or (sqlite and "////" not in place):
            yield f"{PREFIX}{name} must name a place from the root on: {such}."
