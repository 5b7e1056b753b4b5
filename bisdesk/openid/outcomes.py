"""What a sign-in comes to when it is nobody's: a stable code each, and one sentence with the next step.

An outcome never holds a token, a claim or a word of the provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Why nobody was signed in."""

    PROVIDER_DOWN = "provider_down"
    PROVIDER_WRONG = "provider_wrong"  # an answer that no provider should give
    PROVIDER_REFUSED = "provider_refused"  # an error answer without a code of its own here
    SCOPE = "scope"
    CLIENT = "client"
    CANCELLED = "cancelled"
    ANSWER = "answer"  # what the browser brought back is incomplete
    STATE = "state"
    ISSUER = "issuer"
    GRANT = "grant"  # the one-time code was refused: used, too old, or begun by somebody else
    TOKEN = "token"
    ALGORITHM = "algorithm"
    KEY = "key"
    SIGNATURE = "signature"
    AUDIENCE = "audience"
    NONCE = "nonce"
    EXPIRED = "expired"
    TOO_EARLY = "too_early"
    LEVEL = "level"
    AUTH_TIME = "auth_time"
    CLAIMS = "claims"
    LOCAL_AUTHORITY = "local_authority"
    TARGET_GROUP = "target_group"
    NO_ROLE = "no_role"


_AGAIN = "Begin again from the sign-in page."
_TELL = "Tell the people who run this desk."
SENTENCES = {
    Code.PROVIDER_DOWN: "The sign-in service cannot be reached. Try again in a few minutes.",
    Code.PROVIDER_WRONG: f"The sign-in service gave an answer that makes no sense. {_TELL}",
    Code.PROVIDER_REFUSED: f"The sign-in service refused the request. {_TELL}",
    Code.SCOPE: f"The sign-in service does not allow this desk what it asks for. {_TELL}",
    Code.CLIENT: f"The sign-in service does not know this desk, or not with this secret. {_TELL}",
    Code.CANCELLED: f"The sign-in was cancelled. {_AGAIN}",
    Code.ANSWER: f"The answer of the sign-in service is incomplete. {_AGAIN}",
    Code.STATE: f"This sign-in was not begun here, or is over. {_AGAIN}",
    Code.ISSUER: f"The answer comes from another sign-in service. {_TELL}",
    Code.GRANT: f"This sign-in was used before, is too old or was begun elsewhere. {_AGAIN}",
    Code.TOKEN: f"The sign-in service gave no proof of who signed in. {_TELL}",
    Code.ALGORITHM: f"The proof of who signed in is signed in another way than agreed. {_TELL}",
    Code.KEY: f"The proof of who signed in is signed with a key that nobody knows. {_TELL}",
    Code.SIGNATURE: f"The proof of who signed in was changed on its way. {_TELL}",
    Code.AUDIENCE: f"The proof of who signed in was made for somebody else. {_TELL}",
    Code.NONCE: f"The proof of who signed in belongs to another sign-in. {_AGAIN}",
    Code.EXPIRED: f"The proof of who signed in is too old. {_AGAIN}",
    Code.TOO_EARLY: f"The proof of who signed in is not valid yet: one of the two clocks is wrong. {_TELL}",
    Code.LEVEL: "This way of signing in is not strong enough. Begin again, and take a stronger one.",
    Code.AUTH_TIME: f"The sign-in at the sign-in service is too long ago. {_AGAIN}",
    Code.CLAIMS: f"The sign-in service does not tell who signed in, or for which organisation. {_TELL}",
    Code.LOCAL_AUTHORITY: (  # 3.14
        "Local authorities cannot use the Bisdesk: they are registration offices themselves. "
        "Register the person at your own counter."
    ),
    Code.TARGET_GROUP: (  # 3.13
        "Only organisations of the Flemish government can use the Bisdesk. "
        "Sign in for such an organisation, or ask your local administrator."
    ),
    Code.NO_ROLE: "You have no right on this desk for this organisation. Ask your local administrator for one.",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody is signed in, and why."""

    code: Code

    @property
    def detail(self) -> str:
        """One sentence or two with the next step, in English; a page may have its own by the code."""
        return SENTENCES[self.code]
