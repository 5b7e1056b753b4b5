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
CONTEXT = b"cookie/link/v1"
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
        plain = int(now.timestamp()).to_bytes(8, "big") + known.encode().ljust(TOKEN_BYTES)
        return base64.urlsafe_b64encode(sealed(self._cipher, plain, context=CONTEXT)).decode().rstrip("=")

    def token_of(self, cookie: str, *, now: datetime) -> str | None:
        """The token in a cookie; None for one that is too old or not ours."""
        try:
            blob = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
            plain = opened(self._cipher, blob, context=CONTEXT)
        except (InvalidTag, ValueError, binascii.Error):
            return None
        made = datetime.fromtimestamp(int.from_bytes(plain[:8], "big"), UTC)
        return plain[8:].decode().rstrip() if now - made < LINK_LIVES else None

    def visit(self) -> str:
        """A number for a browser that has none."""
        return self._chance.token()

    def form(self, visit: str, ref: str = "") -> str:
        """A token for one form of one browser, and for the activation that its page is about, if any."""
        nonce = self._chance.token()[:NONCE]
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
