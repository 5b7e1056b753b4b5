"""One-time codes of the app key: RFC 6238 with SHA-1, 30 seconds, six digits, as every authenticator app reads them (D5)."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from pyotp import HOTP, TOTP

from workflow.ports_chance import Chance

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SECRET_LENGTH = 32  # characters of five bits: 160 bits
STEP_S = 30
DIGITS = 6
DRIFT = (0, -1, 1)  # steps of difference between the clocks of the phone and of us


class Totp:
    """The port `OneTimeCodes`."""

    def new_secret(self, chance: Chance) -> str:
        """A base-32 secret of 160 bits."""
        return chance.pick(BASE32, SECRET_LENGTH)

    def uri(self, secret: str, *, account: str, issuer: str) -> str:
        """The otpauth URI of a secret, as a QR code shows it."""
        return TOTP(secret, digits=DIGITS, interval=STEP_S).provisioning_uri(name=account, issuer_name=issuer)

    def step_of(self, secret: str, code: str, *, now: datetime) -> int | None:
        """The time step (one of now-1, now, now+1) whose code this is, or None; every step is always compared."""
        typed = "".join(code.split())
        if not secret or len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
            return None
        current = int(now.timestamp()) // STEP_S
        codes = HOTP(secret, digits=DIGITS)
        fits = [step for step in (current + drift for drift in DRIFT) if compare_digest(codes.at(step), typed)]
        return fits[0] if fits else None
