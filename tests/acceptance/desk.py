"""Drives the command line as officers, applicants and operators do, on any date; codes come out of the captured SMS."""

from __future__ import annotations

import io
import json
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pyotp
import pytest
from freezegun import freeze_time

from bisdesk.cli import main

BRUSSELS = ZoneInfo("Europe/Brussels")
ANNA, BART, DIRK, CARLA = "anna@entity.example", "bart@desk.example", "dirk@desk.example", "carla@desk.example"
CODE = re.compile(r"\b(?:[0-9A-Z]{5} ){3}[0-9A-Z]{5}\b")
OTP = re.compile(r"\b\d{6}\b")
ZOE = Path(__file__).parents[2] / "bisdesk" / "demo" / "people" / "zoe-dubois.json"


@dataclass(frozen=True)
class Result:
    """What one command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as JSON."""
        return json.loads(self.out)


@dataclass
class Desk:
    """One installation, driven through the command line at a chosen instant."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    now: datetime = field(default_factory=lambda: brussels(2026, 11, 20, 10))

    def run(self, *arguments: str, as_: str | None = None, stdin: bytes = b"", plain: bool = False) -> Result:
        """Run one command at the desk's instant."""
        words = [*arguments, *(("--as", as_) if as_ else ()), *(() if plain else ("--json",))]
        out, err = io.StringIO(), io.StringIO()
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        with freeze_time(self.now, real_asyncio=True), redirect_stdout(out), redirect_stderr(err):
            code = main(words)
        return Result(code, out.getvalue(), err.getvalue())

    def ok(self, *arguments: str, as_: str | None = None, stdin: bytes = b"") -> Any:
        """Run one command that must work; its JSON."""
        done = self.run(*arguments, as_=as_, stdin=stdin)
        assert done.code == 0, done
        return done.json

    def set(self, **values: str) -> None:
        """Change settings."""
        for name, value in values.items():
            self.monkeypatch.setenv(f"BISDESK_{name}", value)

    def at(self, *moment: int) -> Desk:
        """Go to an instant in Brussels."""
        self.now = brussels(*moment)
        return self

    def later(self, **by: float) -> Desk:
        """Let time go by."""
        self.now += timedelta(**by)
        return self

    def request_file(self, **changes: Any) -> str:
        """A complete request file, checked and signed on the desk's date; changes name fields by `section__field`."""
        raw = json.loads(ZOE.read_text(encoding="utf-8"))
        today = self.now.astimezone(BRUSSELS).date().isoformat()
        raw["identityCheck"] |= {"checkedOn": today, "declarationDate": today}
        for path, value in changes.items():
            place = raw
            *sections, name = path.split("__")
            for section in sections:
                place = place[section]
            if value is ...:
                del place[name]
            else:
                place[name] = value
        path = self.folder / f"request-{len(list(self.folder.glob('request-*')))}.json"
        path.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
        return str(path)

    def papers(self) -> tuple[str, ...]:
        """Scan and declaration, as options."""
        scan, declaration = self.folder / "scan.png", self.folder / "declaration.pdf"
        scan.write_bytes(b"\x89PNG\r\n\x1a\n scan")
        declaration.write_bytes(b"%PDF-1.7 declaration")
        return ("--scan", str(scan), "--declaration", str(declaration))

    def filed(self, **changes: Any) -> str:
        """File a request as Anna; its reference."""
        return str(self.ok("request", "submit", self.request_file(**changes), *self.papers(), as_=ANNA)["ref"])

    def do(self, ref: str, action: str, *more: str, as_: str = BART) -> Any:
        """Take an action that must work."""
        return self.ok("request", "do", ref, action, *more, as_=as_)

    def approved(self, **changes: Any) -> str:
        """File, take and approve; its reference."""
        ref = self.filed(**changes)
        self.do(ref, "take")
        self.do(ref, "approve")
        return ref

    def issued(self, **changes: Any) -> str:
        """From the file to a link and a code on their way; the reference of the activation."""
        ref = self.approved(**changes)
        self.ok("tick", "all")
        return str(self.ok("request", "show", ref)["activation"])

    def sms(self) -> list[str]:
        """The texts of all captured SMS, oldest first."""
        return [path.read_text(encoding="utf-8") for path in _by_arrival(self.folder / "home" / "sms")]

    def mails(self, to: str | None = None) -> list[Any]:
        """All captured mails, oldest first."""
        found = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in _by_arrival(self.folder / "home" / "mail")
        ]
        return [mail for mail in found if to is None or to in str(mail["To"])]

    def code(self) -> str:
        """The newest activation code that came by SMS."""
        return [found.group() for text in self.sms() if (found := CODE.search(text))][-1]

    def otp(self) -> str:
        """The newest one-time code that came by SMS."""
        return [found.group() for text in self.sms() if (found := OTP.search(text.partition("\n\n")[2]))][-1]

    def app_code(self, uri: str) -> str:
        """What the applicant's app shows now."""
        return pyotp.TOTP(parse_qs(urlsplit(uri).query)["secret"][0]).at(self.now)

    def events(self, ref: str) -> list[str]:
        """The names of what happened to a case."""
        noun = "activation" if ref.startswith("AC-") else "request"
        return [item["event"] for item in self.ok(noun, "history", ref)]

    def state(self, ref: str) -> str:
        """The true state of a case."""
        noun = "activation" if ref.startswith("AC-") else "request"
        return str(self.ok(noun, "show", ref)["state"])


def _by_arrival(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.*"), key=lambda path: path.stat().st_mtime_ns)


def brussels(*moment: int) -> datetime:
    """A Brussels wall-clock time as an instant."""
    return datetime(*moment, tzinfo=BRUSSELS).astimezone(UTC)  # type: ignore[misc, arg-type]
