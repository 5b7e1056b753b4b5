"""How the site is served, where the web server before it depends on it."""

from __future__ import annotations

from fastapi import FastAPI

from bisdesk.asgi import server_of

NGINX_KEEPS_S = 60  # a line to the server behind it, unless told otherwise


def test_a_line_is_kept_longer_than_the_web_server_before_us_keeps_it() -> None:
    assert server_of(FastAPI()).config.timeout_keep_alive > NGINX_KEEPS_S
