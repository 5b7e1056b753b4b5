"""How the provider is talked to: encrypted, briefly, in small answers, and never led elsewhere.

Every trouble on the way becomes an outcome here; nothing of an answer stands in it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import cast

import httpx2

from bisdesk.openid.outcomes import Code, Refused
from bisdesk.openid.registration import may_be_called

PATIENCE = httpx2.Timeout(5.0, connect=3.0)  # seconds, of each step
LONGEST_S = 10.0  # of a whole answer, however slowly it drips
MOST_BYTES = 256 * 1024
BUSY = frozenset({408, 425, 429})

Connect = Callable[[], httpx2.BaseTransport]


class Channel:
    """The way to one provider; each call stands alone, so threads may share it."""

    def __init__(self, connect: Connect | None = None) -> None:
        self._connect = connect or _connector()

    @contextmanager
    def opened(self) -> Iterator[Careful]:
        """A transport for one exchange, closed afterwards."""
        with Careful(self._connect()) as transport:
            yield transport

    def document(self, url: str) -> Mapping[str, object] | Refused:
        """The JSON object at an address."""
        try:
            with self.opened() as transport, httpx2.Client(transport=transport, timeout=PATIENCE) as client:
                answer = client.get(url, headers={"Accept": "application/json"})
            found = answer.raise_for_status().json()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, RecursionError) as trouble:
            return Refused(trouble_of(trouble))
        return cast("dict[str, object]", found) if isinstance(found, dict) else Refused(Code.PROVIDER_WRONG)


class Careful(httpx2.BaseTransport):
    """Another transport, with bounds on where it calls, how long it listens and how much it takes in."""

    def __init__(self, inner: httpx2.BaseTransport, *, longest_s: float = LONGEST_S) -> None:
        self._inner, self._longest_s = inner, longest_s

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One call. Raises: httpx2.RequestError for whatever is out of bounds."""
        if not may_be_called(str(request.url)):
            raise httpx2.UnsupportedProtocol("only https is called outside this machine")
        request.headers["Accept-Encoding"] = "identity"
        until = monotonic() + self._longest_s
        answer = self._inner.handle_request(request)
        try:
            _judge(answer)
            content = _taken_in(answer, until)
        finally:
            answer.close()
        # Without its Content-Encoding nothing is unfolded: a small answer could become a large one.
        kept = [(name, value) for name, value in answer.headers.raw if name.lower() == b"content-type"]
        return httpx2.Response(answer.status_code, headers=kept, content=content, request=request)

    def close(self) -> None:
        """Close the other transport."""
        self._inner.close()


def trouble_of(trouble: Exception) -> Code:
    """Whether a provider is away, or there and wrong."""
    match trouble:
        case httpx2.HTTPStatusError(response=answer) if answer.status_code >= 500 or answer.status_code in BUSY:
            return Code.PROVIDER_DOWN
        case httpx2.UnsupportedProtocol() | httpx2.LocalProtocolError():
            return Code.PROVIDER_WRONG
        case httpx2.TransportError():
            return Code.PROVIDER_DOWN
        case _:
            return Code.PROVIDER_WRONG


def _connector() -> Connect:
    """New connections with the authorities that this machine trusts; making the context is slow, so it is made once."""
    context = ssl.create_default_context()
    return lambda: httpx2.HTTPTransport(verify=context, trust_env=False)


def _judge(answer: httpx2.Response) -> None:
    if answer.is_redirect or 300 <= answer.status_code < 400:
        raise httpx2.DecodingError("a redirect is not followed: a secret could be led elsewhere")


def _taken_in(answer: httpx2.Response, until: float) -> bytes:
    content = bytearray()
    for piece in cast(httpx2.SyncByteStream, answer.stream):
        content += piece
        if len(content) > MOST_BYTES:
            raise httpx2.DecodingError("the answer is too large")
        if monotonic() > until:
            raise httpx2.ReadTimeout("the answer takes too long")
    return bytes(content)
