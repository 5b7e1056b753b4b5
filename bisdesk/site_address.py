"""Where applicants reach their site, and whose word counts for who asks: judged as text, nothing is looked up.

It does not know where the texts come from.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

NO_PROXY = "none"
UNNAMED_PROXIES = (
    "BISDESK_TRUSTED_PROXIES must name the proxy in front of the server, such as 127.0.0.1, or be none where there is none: "
    "else all visitors count as one, and one of them can use up what all are allowed."
)


def address_trouble(address: str) -> str | None:
    """What is wrong with the address of the site, as the end of a sentence; None where nothing is.

    Links and cookies are for the root of a host, and only to the same machine may they travel in the clear.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "must be an address such as https://sleutels.your.example"
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        return "must begin with https://, for links are secrets; only localhost can do without"
    if not host or parts.path or parts.query or parts.fragment or parts.username:
        return "must be a host alone, without a path: links and cookies are for its root"
    return None


def proxies_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses or networks that were named; none for the word that says so. Raises: ValueError for a name."""
    if words == (NO_PROXY,):
        return ()
    for word in words:
        ip_network(word)  # a name would be looked up by nobody
    return words


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
