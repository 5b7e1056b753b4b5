"""What the applicant's browser carries and hands back: the link of the mail, sealed, and form tokens that only we can make.

Cookies hold nothing readable, forms nothing that another browser could use (trust 2.3, 4 and 13).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag

from store.keyring import Keyring, opened, sealed
from workflow.ports_chance import Chance

LINK_LIVES = timedelta(hours=4)  # in a browser; the link itself lies in the mailbox
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
TOKEN_BYTES = 64  # every sealed link is of one length, so that its cookie tells nothing
NO_TOKEN = "0" * 43  # stands for an address that is no link of ours; nobody was ever sent it
LINK_CONTEXT, DEVICE_CONTEXT = b"cookie/link/v1", b"cookie/device/v1"
DEVICE_LIVES = timedelta(days=365)
NONCE, MARK = 22, 22  # characters of a form token: its own number, what its page is about, and the proof


class Seal:
    """Seals and opens what browsers carry, with keys of this installation."""

    def __init__(self, keyring: Keyring, chance: Chance) -> None:
        self._cipher = keyring.sealer("cookie")
        self._key = keyring.subkey("form/v1")
        self._chance = chance

    def link(self, token: str, *, now: datetime) -> str:
        """The link as a cookie carries it; as long and as costly for a token that is none."""
        known = token if TOKEN.fullmatch(token) else NO_TOKEN
        return self.shut(known.encode().ljust(TOKEN_BYTES), LINK_CONTEXT, now=now)

    def token_of(self, cookie: str, *, now: datetime) -> str | None:
        """The token in a cookie; None for one that is too old or not ours."""
        plain = self.read(cookie, LINK_CONTEXT, younger_than=LINK_LIVES, now=now)
        return None if plain is None else plain.decode().rstrip()

    def device(self, name: str, *, now: datetime) -> str:
        """What a device carries on which this user name signed in: a number of its own, and nothing that can be read."""
        plain = self._chance.token()[:NONCE] + self._mark(b"device", name)
        return self.shut(plain.encode(), DEVICE_CONTEXT, now=now)

    def device_of(self, cookie: str, name: str, *, now: datetime) -> str | None:
        """The number of the device in a cookie; None where this very name never signed in on it, or too long ago."""
        plain = self.read(cookie, DEVICE_CONTEXT, younger_than=DEVICE_LIVES, now=now)
        if plain is None:
            return None
        number, mark = plain[:NONCE].decode(), plain[NONCE:].decode()
        return number if hmac.compare_digest(self._mark(b"device", name), mark) else None

    def shut(self, plain: bytes, context: bytes, *, now: datetime) -> str:
        """Anything as a cookie carries it; it can be read in the same context only."""
        blob = sealed(self._cipher, int(now.timestamp()).to_bytes(8, "big") + plain, context=context)
        return base64.urlsafe_b64encode(blob).decode().rstrip("=")

    def read(self, cookie: str, context: bytes, *, younger_than: timedelta, now: datetime) -> bytes | None:
        """What was shut in this context, not too long ago; None for anything else."""
        try:
            blob = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
            plain = opened(self._cipher, blob, context=context)
        except (InvalidTag, ValueError, binascii.Error):
            return None
        made = datetime.fromtimestamp(int.from_bytes(plain[:8], "big"), UTC)
        return plain[8:] if now - made < younger_than else None

    def nonce(self) -> str:
        """A number that says nothing, for one form or one answer."""
        return self._chance.token()[:NONCE]

    def visit(self) -> str:
        """A number for a browser that has none."""
        return self._chance.token()

    def form(self, visit: str, ref: str = "") -> str:
        """A token for one form of one browser, and for the activation that its page is about, if any."""
        nonce = self.nonce()
        about = self._mark(b"about", nonce, ref)
        return nonce + about + self._mark(b"form", visit, nonce, about)

    def is_ours(self, form: str, visit: str) -> bool:
        """Whether we made this token for this browser."""
        nonce, about, mark = form[:NONCE], form[NONCE : NONCE + MARK], form[NONCE + MARK :]
        made_of = len(form) == NONCE + 2 * MARK and form.isascii()
        return hmac.compare_digest(self._mark(b"form", visit, nonce, about), mark if made_of else "")

    def is_about(self, form: str, ref: str) -> bool:
        """Whether the page of this token was about this activation, and not about one whose link was opened since."""
        about = self._mark(b"about", form[:NONCE], ref)
        return form.isascii() and hmac.compare_digest(about, form[NONCE : NONCE + MARK])

    def command(self, form: str, typed: str) -> UUID:
        """The id of one sending of a form with this content: the same twice is one command (A12)."""
        return UUID(bytes=self._digest(b"command", form, typed)[:16], version=5)

    def _mark(self, kind: bytes, *parts: str) -> str:
        return base64.urlsafe_b64encode(self._digest(kind, *parts))[:MARK].decode()

    def _digest(self, kind: bytes, *parts: str) -> bytes:
        framed = kind + b"".join(len(part).to_bytes(4, "big") + part for part in (one.encode() for one in parts))
        return hmac.digest(self._key, framed, sha256().name)
