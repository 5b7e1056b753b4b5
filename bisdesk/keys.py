"""The keys that stay outside the database: read where they are given, made once where demo and test may make their own.

A key never appears in an error, a log or `repr`.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from bisdesk.settings import Env, Settings
from workflow.errors import Unavailable
from workflow.ports_chance import Chance

KEY_BYTES = 32


def keys_of(settings: Settings, chance: Chance) -> tuple[bytes, bytes]:
    """The secret key (hashes, indexes) and the data key (sealing).

    Raises: Unavailable for a key that is missing, weak or the same twice.
    """
    secret = _key("SECRET_KEY", settings.secret_key, settings, chance)
    sealing = _key("DATA_KEY", settings.data_key, settings, chance)
    if secret == sealing:
        raise Unavailable(
            "BISDESK_SECRET_KEY and BISDESK_DATA_KEY must differ: make a second one with openssl rand -base64 32."
        )
    return secret, sealing


def path_of(name: str, home: Path) -> Path:
    """Where demo and test keep a key that they made."""
    return home / "keys" / name.lower()


def _key(name: str, given: str | None, settings: Settings, chance: Chance) -> bytes:
    if given is not None:
        return _decoded(name, given)
    if settings.env is Env.LIVE:
        raise Unavailable(f"BISDESK_{name}_FILE is missing: openssl rand -base64 32 > FILE")
    path = path_of(name, settings.home)
    if not path.exists():
        _make(path, chance)
    try:
        return _decoded(name, path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        raise Unavailable(f"The key {path} cannot be read. Give it back its content and mode 0600.") from None


def _make(path: Path, chance: Chance) -> None:
    """Write a fresh key under another name first, so that a second process never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(chance.token() + "=\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails when somebody was first; theirs stands
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _decoded(name: str, text: str) -> bytes:
    """A key in base64 (both alphabets) or hexadecimal."""
    text = text.strip()
    try:
        key = bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else base64.b64decode(_standard(text), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) < KEY_BYTES or len(set(key)) < 8:
        raise Unavailable(f"BISDESK_{name} must be 32 random bytes in base64 or hexadecimal: openssl rand -base64 32")
    return key


def _standard(text: str) -> str:
    return text.replace("-", "+").replace("_", "/")
