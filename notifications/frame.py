"""Turns the MJML of a mail into HTML that mail programs of every age show alike; the only file that imports `mrml`.

It knows nothing of messages; the same MJML gives the same bytes, whichever process asks.
"""

from __future__ import annotations

from importlib.metadata import version

from mrml import ParserOptions, RenderOptions, noop_loader, to_html

VERSION = f"mrml {version('mrml')}"  # part of the version of every mail: another release may write other bytes
_INCLUDE_NOTHING = ParserOptions(include_loader=noop_loader())
_NO_FONTS = RenderOptions(fonts={})


def framed(mjml: str) -> str:
    """The HTML of a mail. Raises: ValueError, without quoting the text: it may hold somebody's values (I6)."""
    try:
        return to_html(mjml, _INCLUDE_NOTHING, _NO_FONTS).content
    except OSError:
        raise ValueError("the MJML is not well formed") from None
