"""Captured mail and SMS as their readers got them: for the story on stdout and for the phone in the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

MAIL, SMS = "mail", "SMS"


@dataclass(frozen=True, slots=True)
class Letter:
    """One captured mail or SMS."""

    channel: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


def read_letter(path: Path) -> Letter:
    """A letter by its file: `.eml` of a mail, `.txt` of an SMS."""
    return _mail(path) if path.suffix == ".eml" else _sms(path)


def captured(*folders: Path) -> list[Path]:
    """The files of what was captured, folder by folder, oldest first."""
    return [
        path
        for folder in folders
        if folder.exists()
        for path in sorted(folder.glob("*.*"))
        if not path.name.startswith(".")
    ]


def arrived_at(path: Path) -> datetime:
    """When it came, by the clock of the installation: its name is the number of the message, which holds the instant."""
    try:
        number = UUID(path.stem)
    except ValueError:
        number = UUID(int=0)
    return datetime.fromtimestamp((number.int >> 80) / 1000 if number.version == 7 else path.stat().st_mtime, UTC)


def newest_first(*folders: Path) -> list[Path]:
    """The files of what was captured in all of these folders, the newest first."""
    return sorted(
        captured(*folders), key=lambda path: (arrived_at(path), path.stat().st_mtime, path.name), reverse=True
    )


def _mail(path: Path) -> Letter:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    return Letter(MAIL, str(mail["To"]), str(mail["Subject"]), str(body.get_content()))


def _sms(path: Path) -> Letter:
    head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    return Letter(SMS, head.removeprefix("To:").strip(), "", text)
