"""An outsider tries everything that a browser would not: whatever is sent, nothing answers 5xx and nothing is let in."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.site import OpenSite, Person, issued_site

FORM = "application/x-www-form-urlencoded"
PROXIED = {"BISDESK_TRUSTED_PROXIES": "127.0.0.1"}
ODD = (
    "\x00", "\x00" * 20, "\u202e123456", "１２３４５６", "٣٣٣٣٣٣", "²²²²²²", "😀" * 20, "\r\nSet-Cookie: a=b", "%0d%0aX: y",
    "{{7*7}}", "{% raw %}",
    "<script>alert(1)</script>", '"><img src=x>', "' OR '1'='1", "é" * 300, "e\u0301" * 20, "\ufeff", "a" * 20_000,
    "ABCDE-ABCDE-ABCDE-ABCDＥ", "ﬀ" * 20, "\ufdfa" * 20, "../../etc/passwd", "${jndi:ldap://x}", "-1", "1e400", "NaN", "null",
)  # fmt: skip
FIELDS = {
    "/activate/reference": ("reference",), "/activate/status": ("reference", "email"), "/keys/sign-in": ("username", "password"),
    "/activate/code": ("code",), "/activate/account": ("username", "password"), "/activate/key": ("kind",),
    "/activate/key/app": ("otp",), "/activate/key/sms": ("otp",), "/keys/sign-in/key": ("otp", "kind"),
    "/activate/resume": ("otp",), "/keys/remove/totp": ("kind",),
}  # fmt: skip
GETS = (
    "/activate", "/activate/code", "/activate/account", "/activate/key", "/activate/key/app", "/activate/done", "/keys",
    "/keys/sign-in", "/keys/sign-in/key", "/keys/remove/totp", "/activate/not-me", "/activate/handover.svg", "/nothing",
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Zoë."""
    with issued_site(tmp_path / "home", settings=PROXIED) as opened:
        yield opened


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    """One site for many attacks."""
    with issued_site(tmp_path_factory.mktemp("field") / "home", settings=PROXIED) as opened:
        yield opened


def raw(site: OpenSite, request: bytes) -> bytes:
    """The head of the answer to bytes that no client would send."""
    host, _, port = site.base.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer and (part := line.recv(65536)):
            answer += part
    return answer.split(b"\r\n\r\n")[0]


def asked(site: OpenSite, path: str, *headers: str, method: str = "GET") -> int:
    """The status of a request as it is written."""
    lines = [f"{method} {path} HTTP/1.1", *(headers or ("Host: x",)), "Connection: close", "", ""]
    return int(raw(site, "\r\n".join(lines).encode("latin-1")).split(b" ")[1])


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/", "/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fsettings.py",
        "/static/%00", "/static/%ff%fe", "/static//", "/static/applicant.css", "/%ff", "/a/a/b", "/keys/remove/%00",
        "/keys/remove/sms%0d%0aX:y", "/activate/", "/Activate", "/activate;x=1", "/activate%2fcode", "/.git/config", "*",
        "http://evil.example/activate", "/admin", "/api", "/callbacks/twilio/x", "/metrics/../keys",
    ],
)  # fmt: skip
def test_tricks_with_a_path_lead_nowhere(field: OpenSite, path: str) -> None:
    assert asked(field, path) in (303, 307, 404, 405)


def test_a_file_of_the_disk_is_never_served(field: OpenSite) -> None:
    root = field.stage.app.theme.root

    for name in (
        "../pages/layout.html",
        "%2e%2e/pages/layout.html",
        "..%5cpages%5clayout.html",
        "fonts/../../theme.py",
        "",
    ):
        assert asked(field, f"{root}/{name}") == 404


@pytest.mark.parametrize("host", ["[", "[::1", "x/evil?a", "\xff\xfe", "a@b", "x:99999999", "", "x y", "evil.example#"])
def test_a_host_that_is_none_breaks_nothing(field: OpenSite, host: str) -> None:
    for path in ("/activate", "/keys", "/nothing", "/a/x"):
        assert asked(field, path, f"Host: {host}", "X-Forwarded-For: 10.1.1.1") < 500


@pytest.mark.parametrize(
    "cookies",
    [
        "visit=\xff\xfe", "act=\xff", "act=AAAA", "act=AQ", "act==", "session=\xff", "lang=\xff; lang=fr", 'visit="\\377\\000"',
        'act="\\012\\015"', "act=a; act=b; session=1; session=2", "; ".join(f"c{number}=1" for number in range(6000)),
        "visit=" + "x" * 50_000, "act=" + "A" * 50_000, "session", "=;=;=", "\x01=\x01",
    ],
    ids=range(16),
)  # fmt: skip
def test_cookies_of_any_kind_break_nothing_and_let_nobody_in(field: OpenSite, cookies: str) -> None:
    for path in ("/activate", "/activate/code", "/activate/handover.svg", "/keys", "/activate/key"):
        assert asked(field, path, "Host: x", f"Cookie: {cookies}") in (200, 303, 404)
        answer = raw(
            field, f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n".encode("latin-1")
        )
        assert b"location: /keys/sign-in/key" not in answer


@pytest.mark.parametrize(
    "charset", ["idna", "utf-7", "unicode_escape", "raw_unicode_escape", "punycode", "utf-16", "hex", "undefined"]
)
def test_an_encoding_of_the_sender_is_refused_at_the_door(field: OpenSite, charset: str) -> None:
    person = field.person()
    person.get("/activate/reference")
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = part.format("form", person.form) + part.format("reference", r"\ud800+2AA-") + "--x--\r\n"

    answer = person.client.post(
        "/activate/reference",
        content=body.encode(),
        headers={"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"},
    )

    assert answer.status_code in (400, 415)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(field: OpenSite) -> None:
    head = b"POST /activate/code HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    chunk = b"ffff\r\n" + b"a" * 65535 + b"\r\n"

    assert b" 413 " in raw(field, head + b"Content-Length: 99999999\r\n\r\na=b")
    assert b" 413 " in raw(field, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 2 + b"0\r\n\r\n")
    assert b" 400 " in raw(field, head + b"Content-Length: x\r\n\r\n")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "PATCH", "FOO"])
def test_other_methods_do_nothing(site: OpenSite, method: str) -> None:
    person, before = site.person().opens(site.link()), site.dump()

    for path in (*GETS, *FIELDS, "/activate/renew", "/keys/sign-out"):
        assert person.client.request(method, path, data={"form": person.form}).status_code in (200, 303, 404, 405), path

    assert site.dump() == before


def stages(site: OpenSite) -> Iterator[tuple[str, Person]]:
    """Every form, and a person who stands before it."""
    person = site.person().opens(site.link())
    for path in FIELDS:
        match path:
            case "/activate/code":
                person.get(path)
            case "/activate/account":
                person.enters(site.code())
            case "/activate/key":
                person.names_account()
            case "/activate/key/app":
                person.send("/activate/key", kind="totp")
            case "/activate/key/sms":
                site.stage.pass_time(minutes=16)
                person.get("/activate/key")
                person.send("/activate/key", kind="sms")
        if not person.form:
            person.get("/activate/reference")
        yield path, person


def test_odd_text_in_every_field_is_mended_or_refused(site: OpenSite) -> None:
    for path, person in stages(site):
        form = person.form
        hashed = path == "/keys/sign-in"  # each costs a slow comparison
        for number, typed in enumerate(ODD[::9] if hashed else ODD):
            person.client.headers["X-Forwarded-For"] = f"10.9.{number}.1"
            answer = person.client.post(path, data={"form": form, **dict.fromkeys(FIELDS[path], typed)})
            assert answer.status_code < 500, (path, typed[:20])
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
            assert "x: y" not in str(answer.headers).lower()
        person.client.headers["X-Forwarded-For"] = "10.9.200.1"
        for body in (
            f"form={form}&form={form}&" + "&".join(f"{name}=a&{name}=b" for name in FIELDS[path]),
            f"form[]={form}&" + "&".join(f"{name}[]=a&{name}[x]=b" for name in FIELDS[path]),
            f"form={form}&" + "&".join(f"{name}=%ED%A0%80%FF%00" for name in FIELDS[path]),
            f"form={form};{FIELDS[path][0]}=a",
        ):
            assert person.client.post(path, content=body, headers={"Content-Type": FORM}).status_code < 500, (
                path,
                body[:60],
            )


texts = st.text(max_size=60) | st.sampled_from(ODD[:24])
NAMES = ["form", "code", "otp", "kind", "username", "password", "reference", "email", "lang", "news", "x"]
POSTS = [*FIELDS, "/activate", "/activate/renew", "/activate/not-me", "/activate/resume/ask", "/activate/resume/again",
         "/activate/key/sms/again", "/keys/sign-in/sms", "/keys/sign-out", "/keys/remove/sms", "/callbacks/twilio/x"]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    path=st.sampled_from(POSTS) | st.sampled_from(GETS) | st.text(max_size=20).map(lambda text: f"/{quote(text)}"),
    method=st.sampled_from(["GET", "POST"]),
    fields=st.dictionaries(st.sampled_from(NAMES), texts, max_size=5),
    query=st.dictionaries(st.sampled_from(NAMES), texts, max_size=3),
    headers=st.dictionaries(
        st.sampled_from(
            ["Accept-Language", "Content-Type", "Sec-Fetch-Site", "Origin", "Cookie", "Referer", "X-Forwarded-For"]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30),
        max_size=3,
    ),
    genuine=st.booleans(),
)
def test_whatever_is_sent_nothing_answers_with_an_error_of_ours(
    field: OpenSite,
    path: str,
    method: str,
    fields: dict[str, str],
    query: dict[str, str],
    headers: dict[str, str],
    genuine: bool,
) -> None:
    person = field.people[0] if field.people else field.person().opens(field.link())
    if genuine:
        person.client.headers["X-Forwarded-For"] = f"10.{len(path)}.{len(fields)}.{len(query)}"
        person.get("/activate/reference")
        fields = {**fields, "form": person.form}

    answer = person.client.request(
        method, path, params=query, data=fields if method == "POST" else None,
        headers={name: value.strip().encode("latin-1") for name, value in headers.items()},
    )  # fmt: skip

    assert answer.status_code < 500
    assert "content-security-policy" in answer.headers
