"""Twilio's signature of a callback: HMAC-SHA1 over the whole address and every field of the form (D9).

Pure. The algorithm is ours and never read from the request; what is compared is compared in constant time.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

Form = Iterable[tuple[str, str]]
USUAL = {"https": 443, "http": 80}


def signature_of(url: str, form: Form, token: str) -> str:
    """What Twilio puts into `X-Twilio-Signature`: names in order, the different values of each in order, nothing between."""
    fields = "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.digest(token.encode(), (url + fields).encode("utf-8", "surrogatepass"), "sha1")
    return b64encode(digest).decode("ascii")


def is_genuine(given: str | None, url: str, form: Form, *, tokens: tuple[str, ...]) -> bool:
    """Whether one of the tokens signed this form for this address; every one is tried, whatever the others say."""
    fields = tuple(form)
    said = (given or "").encode("utf-8", "surrogatepass")
    signed = [signature_of(spelt, fields, token) for token in tokens for spelt in _spellings(url)]
    same = [hmac.compare_digest(one.encode("ascii"), said) for one in signed]
    return any(same)


def _spellings(url: str) -> tuple[str, str]:
    """The address without a port and with one: which of them Twilio signs is not the same everywhere, says its own client."""
    parts = urlsplit(url)
    host, port = parts.netloc, parts.port
    bare = host.removesuffix(f":{port}") if port else host
    return tuple(  # type: ignore[return-value]  # two in, two out
        urlunsplit(parts._replace(netloc=place)) for place in (bare, f"{bare}:{port or USUAL[parts.scheme]}")
    )
