"""A stand-in for Twilio's API over HTTP: identifiers, statuses that move on, errors by number, slow answers, listing, receipts.

Held to Twilio's own API description by the mock server in front of it; it knows nothing of the product.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

SID, TOKEN, SENDER = "AC" + "a1" * 16, "b2" * 16, "+32460001122"
PROGRESS = ("queued", "sending", "sent", "delivered")
LOST = "lost"  # taken, then the line goes dead without an answer
DEAD = "dead"  # the line goes dead, nothing was taken
SLOW = "slow"  # taken, and answered after the client gave up
DEAF = "deaf"  # not taken, and answered after the client gave up
GARBLED = "garbled"  # taken, and answered without sense
NONSENSE = "nonsense"  # not taken, and answered without sense
TAKEN = (LOST, SLOW, GARBLED)
CREATE, LIST, FETCH = "create", "list", "fetch"

Form = dict[str, str]
Server = TypeVar("Server", bound="TwilioServer")


@dataclass(slots=True)
class Message:
    """One SMS that was taken."""

    sid: str
    to: str
    sender: str
    body: str
    form: Form
    created: datetime
    status: str = "queued"
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Fails:
    """An answer that is an error: Twilio's number (none: no JSON at all) under an HTTP status."""

    status: int
    code: int | None = None
    taken: bool = False  # it stumbled after it took the message


@dataclass
class TwilioServer:
    """What a test may ask of the server and tell it; the script is taken one request a step, none meaning yes."""

    base: str = ""
    messages: list[Message] = field(default_factory=list)
    requests: list[tuple[str, Form]] = field(default_factory=list)
    script: deque[Fails | str] = field(default_factory=deque)
    listing: deque[Fails | str] = field(default_factory=deque)
    fetching: deque[Fails | str] = field(default_factory=deque)
    discards_text: bool = False
    given_up: threading.Event = field(default_factory=threading.Event)
    taken: Callable[[Message], object] = lambda message: None  # what happens before a good answer is given

    def url(self, *, base: str | None = None, sender: str = SENDER, sid: str = SID, token: str = TOKEN) -> str:
        """The SMS_URL of this server, or of what stands in front of it."""
        return f"twilio://{sid}:{token}@{sender}?base={base or self.base}"

    def move_on(self, *, error: int | None = None) -> None:
        """Let every message take one step; with an error it ends undelivered."""
        for message in self.messages:
            if error is not None:
                message.status, message.error_code = "undelivered", error
            elif message.status in PROGRESS[:-1]:
                message.status = PROGRESS[PROGRESS.index(message.status) + 1]

    def take(self, form: Form) -> Message:
        """Keep one message."""
        sid = f"SM{len(self.messages) + 1:032x}"
        sender = form.get("From", SENDER)
        message = Message(sid, form["To"], sender, form["Body"], form, self.now())
        self.messages.append(message)
        return message

    def now(self) -> datetime:
        """The time by which messages are dated."""
        return datetime.now(UTC)

    def step(self, asked: str, form: Form) -> Fails | str | None:
        """What goes wrong with this request."""
        script = {CREATE: self.script, LIST: self.listing, FETCH: self.fetching}[asked]
        return script.popleft() if script else None

    def sent_to(self, number: str | None) -> list[Message]:
        """The messages to a number, newest first."""
        return [one for one in reversed(self.messages) if one.to == number]

    def one(self, sid: str) -> Message | None:
        """One message."""
        return next((one for one in self.messages if one.sid == sid), None)


@contextmanager
def twilio_server() -> Iterator[TwilioServer]:
    """A server on a free port of 127.0.0.1."""
    with serving(TwilioServer()) as server:
        yield server


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """It on a free port of 127.0.0.1."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Request,), {"twilio": server}))
    listening.daemon_threads = True
    listening.handle_error = lambda request, address: None  # lines that go dead are what it is for
    server.base = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.given_up.set()
        listening.shutdown()
        thread.join()
        listening.server_close()


class _Request(BaseHTTPRequestHandler):
    """One request; the names of its methods are those that http.server asks for."""

    twilio: TwilioServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        given = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
        form = {name: values[0] for name, values in given.items()}
        if self._admitted(form):
            self._answer(CREATE, form)

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if not self._admitted(query):
            return
        asked = re.search(r"/Messages/(\w+)\.json", self.path)
        if asked is None:
            self._answer(LIST, query)
        else:
            self._answer(FETCH, {"Sid": asked[1]})

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""

    def _admitted(self, form: Form) -> bool:
        self.twilio.requests.append((self.command, form))
        wanted = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization") == wanted and f"/Accounts/{SID}/Messages" in self.path:
            return True
        self._fail(Fails(401, 20003))
        return False

    def _answer(self, asked: str, form: Form) -> None:
        step = self.twilio.step(asked, form)
        if isinstance(step, Fails):
            if step.taken:
                self.twilio.take(form)
            self._fail(step)
        elif step is None:
            self._good(form)
        else:
            self._go_quiet(step, form)

    def _good(self, form: Form) -> None:
        if self.command == "POST":
            message = self.twilio.take(form)
            self.twilio.taken(message)
            self._send(201, self._shown(message))
        elif "Sid" in form:
            self._one(form["Sid"])
        else:
            self._send(200, self._page(self.twilio.sent_to(form.get("To"))))

    def _one(self, sid: str) -> None:
        found = self.twilio.one(sid)
        if found is None:
            self._fail(Fails(404, 20404))
        else:
            self._send(200, self._shown(found))

    def _go_quiet(self, step: str, form: Form) -> None:
        if step in TAKEN and self.command == "POST":
            self.twilio.take(form)
        if step in (SLOW, DEAF):
            self.twilio.given_up.wait()
        if step in (GARBLED, NONSENSE):
            self._send_text(201, "<html>", "application/json")
        else:
            self.close_connection = True

    def _fail(self, fails: Fails) -> None:
        if fails.code is None:
            self._send_text(fails.status, "upstream trouble", "text/plain")
            return
        more = f"https://www.twilio.com/docs/errors/{fails.code}"
        self._send(fails.status, {"code": fails.code, "message": "Refused.", "more_info": more, "status": fails.status})

    def _send(self, status: int, answer: object) -> None:
        self._send_text(status, json.dumps(answer), "application/json")

    def _send_text(self, status: int, text: str, media_type: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _page(self, messages: list[Message]) -> dict[str, object]:
        uri = f"https://api.twilio.com{self.path}"  # the description asks for whole addresses
        return {
            "messages": [self._shown(message) for message in messages],
            "end": len(messages), "start": 0, "page": 0, "page_size": 50,
            "first_page_uri": uri, "next_page_uri": None, "previous_page_uri": None, "uri": uri,
        }  # fmt: skip

    def _shown(self, message: Message) -> dict[str, object]:
        uri = f"/2010-04-01/Accounts/{SID}/Messages/{message.sid}"
        made = format_datetime(message.created)
        return {
            "sid": message.sid, "account_sid": SID, "api_version": "2010-04-01", "uri": f"{uri}.json",
            "to": message.to, "from": message.sender, "body": "" if self.twilio.discards_text else message.body,
            "messaging_service_sid": message.form.get("MessagingServiceSid"),
            "status": message.status, "direction": "outbound-api", "error_code": message.error_code,
            "error_message": None, "num_media": "0", "num_segments": "1", "price": None, "price_unit": "USD",
            "date_created": made, "date_sent": None, "date_updated": made,
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }  # fmt: skip
