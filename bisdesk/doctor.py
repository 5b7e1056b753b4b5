"""Looks whether an installation is in order: every line a status, a cause and the next step. Nothing is sent or moved by it."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from bisdesk.bootstrap import Installation
from bisdesk.canary import beat_of
from bisdesk.doctor_officers import officers
from bisdesk.examined import Examined
from bisdesk.fencing import NEXT, in_backup, stand_of
from bisdesk.mailroom import trouble_with
from bisdesk.papers.judge import can_open
from bisdesk.papers.virus import OFF, alive
from bisdesk.settings import Env
from bisdesk.site_address import UNNAMED_PROXIES
from bisdesk.ticks import LEEWAY
from notifications.lint import lint
from notifications.transports.urls import RELAY, SMTPS, SUBMISSION
from store import schema
from store.schema import SchemaStatus
from workflow.canary import state_of_walk
from workflow.checks import check
from workflow.errors import BisdeskError
from workflow.fence import Standing
from workflow.lifecycles.activation import activation
from workflow.lifecycles.message import message
from workflow.lifecycles.registration import registration
from workflow.limits import MONEY_FUSE
from workflow.model import CANARY
from workflow.outbox import Channel, DeliveryState

SCHEMA_ADVICE = {
    SchemaStatus.MISSING: "Make the tables: bisdesk db upgrade",
    SchemaStatus.BEHIND: "Bring the tables up to this version: bisdesk db upgrade",
    SchemaStatus.AHEAD: "Install the newer bisdesk that wrote this database.",
    SchemaStatus.UNREACHABLE: "Start the database, or mend BISDESK_DATABASE_URL.",
}
IN_DATABASE = frozenset({"clock", "queue", "gates", "journal", "canary"})
SECONDS = 3.0  # to wait for a provider's door
CAPTURE = "capture:"
SAFE_SQLITE = (3, 51, 3)  # the first one without the WAL-reset bug


def examine(app: Installation, *, send_test_to: str | None = None) -> list[Examined]:
    """Look at everything; one thing that is broken hides no other."""
    examinations: list[tuple[str, Callable[[Installation], Examined]]] = [
        ("settings", _settings), ("keys", _keys), ("database", _database), ("sqlite", _sqlite), ("lifecycles", _lifecycles),
        ("texts", _texts), ("pages", _pages), ("proxies", _proxies), ("officers", officers),
        ("mail", _mail), ("reports", _reports), ("sms", _sms), ("register", _register), ("scanner", _scanner), ("clock", _clock),
        ("queue", _queue), ("gates", _gates), ("journal", _journal), ("canary", _canary),
    ]  # fmt: skip
    found: list[Examined] = []
    for name, look in examinations:
        lost = name in IN_DATABASE and any(one.name == "database" and not one.ok for one in found)
        found.append(Examined(name, False, "not examined without the database") if lost else _guarded(name, look, app))
    if send_test_to:
        found.append(_guarded("test mail", lambda app: _send_test(app, send_test_to), app))
    return found


def _guarded(name: str, look: Callable[[Installation], Examined], app: Installation) -> Examined:
    try:
        return look(app)
    except BisdeskError as trouble:
        return Examined(name, False, "cannot be examined", trouble.detail)


def _settings(app: Installation) -> Examined:
    warnings = app.settings.warnings
    if warnings:
        return Examined("settings", False, " ".join(warnings), "Mend, rename or unset them.")
    return Examined("settings", True, f"environment {app.settings.env}, folder {app.settings.home}")


def _keys(app: Installation) -> Examined:
    return Examined("keys", True, f"data key {app.keyring.key_id}")


def _database(app: Installation) -> Examined:
    status = schema.check(app.settings.database_url)
    if status is SchemaStatus.CURRENT:
        with app.unit_of_work() as uow:
            uow.marks.high_water()
        return Examined("database", True, f"{urlsplit(app.settings.database_url).scheme}, schema current")
    return Examined("database", False, f"schema {status}", SCHEMA_ADVICE[status])


def _sqlite(app: Installation) -> Examined:
    if not app.settings.database_url.startswith("sqlite"):
        return Examined("sqlite", True, "not used")
    mode = "WAL, FULL" if sqlite3.sqlite_version_info >= SAFE_SQLITE else "DELETE, EXTRA (older than 3.51.3)"
    return Examined("sqlite", True, f"{sqlite3.sqlite_version}, journal {mode}")


def _lifecycles(_: Installation) -> Examined:
    faults = [*check(registration), *check(activation), *check(message)]
    if faults:
        return Examined("lifecycles", False, faults[0].sentence, "bisdesk lifecycle check")
    return Examined(
        "lifecycles", True, f"{len(registration.rows) + len(activation.rows) + len(message.rows)} rows are sound"
    )


def _texts(app: Installation) -> Examined:
    faults = list(lint(app.renderer))
    if faults:
        return Examined("texts", False, f"{len(faults)} problems", "bisdesk message lint")
    return Examined("texts", True, f"every message in {', '.join(app.settings.languages)}")


def _pages(app: Installation) -> Examined:
    """Whether the site has its style, and the theme can be read."""
    read = app.theme
    files, settings = len(read.assets), app.settings
    own = f", theme of {settings.theme_dir}" if settings.theme_dir else ""
    return Examined("pages", True, f"{files} files, reached at {settings.applicant_base_url}{own}")


def _proxies(app: Installation) -> Examined:
    """Whose word counts for who asks; in live the server does not start before that is said."""
    named = app.settings.trusted_proxies
    if named:
        return Examined("proxies", True, f"{', '.join(named)} may say who asks")
    if named is None and app.settings.env is Env.LIVE:
        return Examined("proxies", False, "nobody has said whether there are any", UNNAMED_PROXIES)
    return Examined("proxies", True, "none: whoever connects is the one who asks")


def _mail(app: Installation) -> Examined:
    return _provider("mail", app.settings.smtp_url, app)


def _reports(app: Installation) -> Examined:
    """Whether reports about our mail can come home; without an address none do, and a mail stays accepted."""
    if app.bounces is None:
        return Examined("reports", True, "none come home: BISDESK_BOUNCE_ADDRESS is not set")
    folder = app.settings.bounce_maildir
    if folder and (why := trouble_with(folder)):
        return Examined("reports", False, why, "Mend BISDESK_BOUNCE_MAILDIR, or the rights of its folders.")
    return Examined("reports", True, f"to {app.settings.bounce_address}, " + ("a maildir" if folder else "by pipe"))


def _sms(app: Installation) -> Examined:
    found = _provider("sms", app.settings.sms_url, app)
    if app.settings.sms_url.startswith(CAPTURE):
        return found
    receipts = f"receipts come to {app.callback}" if app.sms_account else "receipts are asked for"
    return replace(found, found=f"{found.found}; {receipts}")


def _provider(name: str, url: str, app: Installation) -> Examined:
    """Whether the provider's door opens; nothing is said to it."""
    app.dispatcher  # noqa: B018  # refuses a URL that names no provider
    if url.startswith(CAPTURE):
        return Examined(name, True, "captured in a folder, sent to nobody")
    host, port = _door_of(url)
    try:
        with socket.create_connection((host, port), timeout=SECONDS):
            return Examined(name, True, f"{host}:{port} answers")
    except OSError:
        return Examined(
            name, False, f"{host}:{port} does not answer", "Check the address and the firewall; the queue waits."
        )


def _door_of(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.scheme.startswith("smtp"):
        usual = SMTPS if parts.scheme == "smtps" else (SUBMISSION if parts.username else RELAY)
        return parts.hostname or "", parts.port or usual
    base = next((word.removeprefix("base=") for word in parts.query.split("&") if word.startswith("base=")), "")
    api = urlsplit(base or "https://api.twilio.com")
    return api.hostname or "", api.port or (443 if api.scheme == "https" else 80)


def _register(app: Installation) -> Examined:
    kind = "kept by hand" if app.register.manual else app.settings.register_url.partition(":")[0]
    return Examined("register", True, kind)


def _scanner(app: Installation) -> Examined:
    """Whether the virus scanner answers; while it does not, no paper is accepted."""
    where = app.settings.clamd
    if not can_open():
        return Examined(
            "scanner", False, "no child starts to open a paper", "Let this user start processes of 1.5 GiB."
        )
    if where == OFF:
        return Examined("scanner", True, "off: papers are not looked at for viruses")
    if alive(where):
        return Examined("scanner", True, f"{where} answers")
    return Examined("scanner", False, f"{where} does not answer", "Start clamd, or mend BISDESK_CLAMD; papers wait.")


def _clock(app: Installation) -> Examined:
    with app.unit_of_work() as uow:
        mark = uow.marks.high_water()
    behind = mark is not None and app.clock.now() + LEEWAY < mark
    if behind:
        return Examined(
            "clock", False, f"stands before {mark:%Y-%m-%d %H:%M} UTC, which has been", "Set the clock right."
        )
    return Examined("clock", True, "moves forward")


def _queue(app: Installation) -> Examined:
    with app.unit_of_work() as uow:
        stuck = uow.outbox.listed(
            frozenset({DeliveryState.PARKED, DeliveryState.FAILED}), limit=1000, apart_from=CANARY
        )
    if stuck:
        return Examined(
            "queue", False, f"{len(stuck)} messages parked or failed", "bisdesk message list --state parked"
        )
    return Examined("queue", True, "nothing parked or failed")


def _journal(app: Installation) -> Examined:
    stand = stand_of(app)
    if stand.standing is Standing.FENCED:
        found = f"fenced at epoch {stand.known}, the send journal is at {stand.reached}: nothing is sent"
        return Examined("journal", False, found, f"This database is older than what was sent: {NEXT}")
    if stand.standing is Standing.MISSING:
        remedy = "On a new host, go on. Otherwise mount or mend the folder, or set BISDESK_JOURNAL_DIR."
        return Examined("journal", False, f"none in {app.settings.journal_dir}, though messages were sent", remedy)
    if app.settings.env is Env.LIVE and in_backup(app):
        remedy = "Set BISDESK_JOURNAL_DIR to a folder that is not backed up together with the database."
        return Examined("journal", False, "lies beside the database: a restored folder would take both back", remedy)
    return Examined("journal", True, f"{app.settings.journal_dir}, epoch {stand.reached}")


def _canary(app: Installation) -> Examined:
    now = app.instant()
    with app.unit_of_work() as uow:
        beat, waits = beat_of(app, uow.measures.taken(now=now), now), state_of_walk(uow, now=now)
    if beat is None:
        return Examined("canary", True, "off: BISDESK_CANARY_EMAIL and BISDESK_CANARY_MOBILE are not set")
    if beat.age is None:
        return Examined("canary", True, "has not set out yet: the next tick does it")
    minutes, under_way = int(beat.age.total_seconds()) // 60, f"; one is under way, {waits}" if waits else ""
    if beat.late:
        found = f"none came through for {minutes} minutes{under_way}"
        return Examined("canary", False, found, "See whether a worker ticks, then the lines mail and sms.")
    return Examined("canary", True, f"{'came through' if beat.arrived else 'set out'} {minutes} minutes ago{under_way}")


def _gates(app: Installation) -> Examined:
    """Whether anything holds mail or SMS back."""
    now = app.clock.now()
    with app.unit_of_work() as uow:
        closed = [gate for gate in map(uow.gates.of, (Channel.EMAIL, Channel.SMS)) if not gate.is_open]
    if not closed:
        return Examined("gates", True, "mail and SMS may leave")
    found = "; ".join(f"{gate.channel} closed by {gate.code}, {_until(gate.paused_until, now)}" for gate in closed)
    if any(gate.code == MONEY_FUSE for gate in closed):
        remedy = "See who asked for so many codes; then bisdesk message open sms, or wait for tomorrow."
    else:
        remedy = "Mend the provider; the worker tries again by itself. At once: bisdesk message open CHANNEL"
    return Examined("gates", False, found, remedy)


def _until(moment: datetime | None, now: datetime) -> str:
    return "to be tried now" if moment is None or moment <= now else f"until {moment:%Y-%m-%d %H:%M} UTC"


def _send_test(app: Installation, address: str) -> Examined:
    problem = app.dispatcher.send_test(address, app.clock.now())
    if problem:
        return Examined("test mail", False, f"not accepted: {problem}", "Check BISDESK_SMTP_URL and the address.")
    captured = app.settings.smtp_url.startswith(CAPTURE)
    return Examined(
        "test mail", True, "captured in the folder, sent to nobody" if captured else "accepted by the mail server"
    )
