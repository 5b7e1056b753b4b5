"""What a story is played on: its own folder, its own clock, and the phone and mailbox of the people in it.

Everything goes through the use cases and the tick; codes and links are read from the captured SMS and mail, as people do.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import pyotp

from bisdesk import views
from bisdesk.bootstrap import Installation, install
from bisdesk.clock import VirtualClock
from bisdesk.demo.letters import Letter, captured, read_letter
from bisdesk.seed import seed
from bisdesk.settings import Env, Settings
from bisdesk.ticks import PARTS, tick
from store import schema
from workflow import activations, activations_code, activations_keys, filing, registrations
from workflow.access import Door
from workflow.activations_code import CodeOutcome
from workflow.activations_keys import KeyChosen
from workflow.calendar import brussels_date
from workflow.intake import parse_submission
from workflow.model import Actor, Attachment, KeyKind, Slot

T = TypeVar("T")
ANNA, BART, DIRK = "anna@entity.example", "bart@desk.example", "dirk@desk.example"
CODE = re.compile(r"\b(?:[0-9A-Z]{5} ){3}[0-9A-Z]{5}\b")
OTP = re.compile(r"\b\d{6}\b")
WRITTEN = 2026  # the year of the files of people: a later story moves their documents along, so that none runs out
PAPERS = (
    Attachment(Slot.SCAN, "image/png", b"\x89PNG\r\n\x1a\n an invented scan"),
    Attachment(Slot.DECLARATION, "application/pdf", b"%PDF-1.7 an invented declaration"),
)


@dataclass
class Stage:
    """The installation of a story, on its virtual clock."""

    app: Installation
    clock: VirtualClock
    seen: set[Path] = field(default_factory=set)
    papers: Callable[[Mapping[str, object]], tuple[Attachment, ...]] = lambda _: (
        PAPERS
    )  # of a person; stand-ins are quick
    waiting: str = ""  # the activation that is left for whoever goes on by hand

    @property
    def now(self) -> datetime:
        """The instant at which the story stands."""
        return self.clock.now()

    def person(self, name: str) -> dict[str, object]:
        """A request file that ships with the product, checked and signed today, of a document as old as it was when written."""
        text = files("bisdesk.demo").joinpath("people", f"{name}.json").read_text(encoding="utf-8")
        raw: dict[str, object] = json.loads(text)
        check, document, today = raw["identityCheck"], raw["document"], brussels_date(self.now)
        assert isinstance(check, dict)
        assert isinstance(document, dict)
        days = {name: _later(str(document[name]), today.year - WRITTEN) for name in ("issuedOn", "expiresOn")}
        checked = dict.fromkeys(("checkedOn", "declarationDate"), today.isoformat())
        return {**raw, "document": {**document, **days}, "identityCheck": {**check, **checked}}

    def act(self, email: str | None, work: Callable[[Door], T]) -> T:
        """Let an officer act, or the applicant where no address is given."""
        with self.app.unit_of_work() as uow:
            actor = Actor.of(uow.directory.by_email(email)) if email else Actor.applicant()
            done = work(self.app.door(uow, actor, self.now))
            uow.commit()
            return done

    def file(self, name: str) -> str:
        """File a request; its reference."""
        raw = self.person(name)
        submission, papers = parse_submission(raw, today=brussels_date(self.now), complete=True), self.papers(raw)
        return self.act(ANNA, lambda door: filing.file_request(door, submission, papers)).case.ref

    def take(self, ref: str, email: str = BART) -> None:
        """Take a request into review."""
        self.act(email, lambda door: registrations.take(door, ref))

    def approve(self, ref: str) -> None:
        """Approve it."""
        self.act(BART, lambda door: registrations.approve(door, ref, extension_confirmed=False))

    def ask(self, ref: str, fields: tuple[str, ...], text: str) -> None:
        """Send it back for corrections."""
        self.act(BART, lambda door: registrations.request_info(door, ref, fields=fields, text=text))

    def enter(self, ref: str, code: str) -> CodeOutcome:
        """Enter an activation code."""
        return self.act(None, lambda door: activations_code.submit_code(door, ref, code))

    def renew(self, ref: str) -> None:
        """Ask for a new link."""
        self.act(None, lambda door: activations.renew_link(door, ref))

    def choose(self, ref: str, kind: KeyKind, username: str) -> KeyChosen:
        """Choose a digital key, with a password that nobody else has."""
        password = f"{self.app.chance.pick('abcdefghjkmnpqrstuvwxyz', 18)}-7"
        return self.act(
            None, lambda door: activations_keys.choose_key(door, ref, kind, username=username, password=password)
        )

    def confirm(self, ref: str, otp: str) -> None:
        """Confirm it."""
        self.act(None, lambda door: activations_keys.confirm_key(door, ref, otp))

    def app_code(self, chosen: KeyChosen) -> str:
        """What the applicant's app shows now."""
        secret = parse_qs(urlsplit(chosen.uri or "").query)["secret"][0]
        return pyotp.TOTP(secret).at(self.now)

    def state(self, ref: str) -> str:
        """The true state of a case now."""
        return str((self.activation if ref.startswith("AC-") else self.request)(ref)["state"])

    def request(self, ref: str) -> views.View:
        """A request as programs see it."""
        return self.act(BART, lambda door: views.request(door, ref))

    def activation(self, ref: str) -> views.View:
        """An activation as programs see it."""
        return self.act(BART, lambda door: views.activation(door, ref))

    def pass_time(self, **how_long: float) -> None:
        """Let time go by; nothing ticks meanwhile."""
        self.clock.advance(timedelta(**how_long))

    def tick(self) -> list[Letter]:
        """Do what is due, and collect what arrived."""
        tick(self.app, PARTS)
        return self.arrived()

    def arrived(self) -> list[Letter]:
        """Mail and SMS that arrived since the last look, mail first."""
        found = []
        home = self.app.settings.home
        for path in captured(home / "mail", home / "sms"):
            if path not in self.seen:
                self.seen.add(path)
                found.append(read_letter(path))
        return found


def build(settings: Settings, start: datetime) -> Stage:
    """An empty stage in its own folder, its clock at `start`."""
    home = settings.home / "demo"
    shutil.rmtree(home, ignore_errors=True)
    own = replace(
        settings, env=Env.DEMO, home=home, journal_dir=home / "journal",
        database_url=f"sqlite:///{home}/bisdesk.db", register_url="simulator:",
        smtp_url=f"capture:{home}/mail", sms_url=f"capture:{home}/sms", allow_recipients=(), secret_key=None, data_key=None,
        canary=None,
    )  # fmt: skip
    clock = VirtualClock(start)
    stage = Stage(install(own, clock=clock), clock)
    schema.upgrade(own.database_url)
    seed(stage.app, start)
    return stage


def _later(day: str, years: int) -> str:
    """The same day so many years later; a story is never told before its people were written."""
    known = date.fromisoformat(day)
    return known.replace(year=known.year + max(years, 0)).isoformat()


def code_in(letters: list[Letter]) -> str:
    """The activation code that an SMS brought."""
    return next(found.group() for letter in letters if letter.channel == "SMS" and (found := CODE.search(letter.text)))


def otp_in(letters: list[Letter]) -> str:
    """The one-time code that an SMS brought."""
    return next(found.group() for letter in letters if letter.channel == "SMS" and (found := OTP.search(letter.text)))
