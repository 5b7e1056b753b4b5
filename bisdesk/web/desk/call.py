"""One request of one officer's browser: who it is, in which language it is answered, and the answer with its cookies.

Deny by default: a page names the roles that may see it, and nobody else learns more than that it is not theirs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import menu
from bisdesk.web.desk.values import in_words
from bisdesk.web.headers import CONTENT
from bisdesk.web.rendering import switched
from bisdesk.web.words import OWN_NAMES
from notifications.wording import clock_time, spoken_day
from workflow import officers
from workflow.access import Door
from workflow.calendar import brussels_date, last_day
from workflow.errors import FieldError
from workflow.model import Language, Role, User
from workflow.officers import SignedIn

SESSION, VISIT, LANGUAGE, BEGUN, KEPT = "desk", "desk_visit", "lang", "desk_begun", "desk_kept"
POLICY = f"{CONTENT}; connect-src 'self'"  # the pages of the desk ask for more time without leaving
KEPT_CONTEXT = b"desk/kept-form/v1"
YEAR_S = 365 * 24 * 3600
SAFE_SITES = frozenset({"same-origin", "none"})
SIGN_IN = "/desk/sign-in"


class SignInNeeded(Exception):
    """Nobody is signed in; `at` is where to go on afterwards."""

    def __init__(self, at: str) -> None:
        super().__init__("sign in first")
        self.at = at


class NotYours(Exception):
    """Somebody is signed in who has none of the roles that a page is for."""

    def __init__(self, needed: frozenset[Role]) -> None:
        super().__init__("another role is needed")
        self.needed = needed


class StaleForm(Exception):
    """A form that no page of ours made for this browser."""


@dataclass
class Call:
    """A request and what is known of its browser."""

    desk: Desk
    request: Request
    visit: str = field(init=False, repr=False)
    signed_in: SignedIn | None = field(init=False, repr=False)
    language: Language = field(init=False)
    _set: dict[str, tuple[str, int | None]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        known = self._cookie(VISIT)
        self.visit = known or self.desk.seal.visit()
        if not known:
            self._set[VISIT] = (self.visit, None)
        self.signed_in = self._current()
        asked = self._spoken(self.request.query_params.get("lang"))
        if asked:
            self._set[LANGUAGE] = (asked, YEAR_S)
        own = self.signed_in.user.language if self.signed_in else None
        self.language = asked or self._spoken(self._cookie(LANGUAGE)) or self._spoken(own) or self.desk.languages[0]

    @property
    def now(self) -> datetime:
        """What the clock says."""
        return self.desk.app.clock.now()

    @property
    def today(self) -> date:
        """The Brussels date of now."""
        return brussels_date(self.now)

    @property
    def here(self) -> str:
        """The address that was asked for."""
        query = self.request.url.query
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    def officer(self, roles: frozenset[Role], *, typed: Mapping[str, str] | None = None) -> User:
        """Who is signed in, having one of these roles; what was typed on a page that can be opened again is kept.

        Raises: SignInNeeded, NotYours.
        """
        if self.signed_in is None:
            again = self.request.method == "GET" or (typed is not None and self._kept_for_later(typed))
            raise SignInNeeded(self.here if again else "/desk/work")
        if roles.isdisjoint(self.signed_in.user.roles):
            raise NotYours(roles)
        self._note()
        return self.signed_in.user

    def refuse_strange(self, form: str) -> None:
        """Raises: StaleForm for a form that was not made by a page of ours for this very browser."""
        site = self.request.headers.get("sec-fetch-site", "none")
        origin = self.request.headers.get("origin")
        own = (
            None,
            "null",
            self.desk.app.settings.base_url,
            self._host(),
        )  # pages send no referrer, so browsers say null
        if site not in SAFE_SITES or origin not in own or not self.desk.seal.is_ours(form, self._cookie(VISIT) or ""):
            raise StaleForm

    def enter(self, user: User) -> None:
        """Open a session and carry it; the browser has a new number as well, and what was typed before comes along."""
        old = self._cookie(SESSION)

        def open_for(door: Door) -> tuple[str, bool]:
            token = officers.open_for(door, user.id)
            return token, bool(old) and officers.carry_over(door, old=old or "", new=token, user_id=user.id)

        token, kept = self.desk.act(None, open_for)
        self._set[SESSION] = (token, None)
        self._set[KEPT] = ("yes", None) if kept else ("", 0)
        self.visit = self.desk.seal.visit()
        self._set[VISIT] = (self.visit, None)

    def stay(self) -> int:
        """Let the pause begin anew; how many seconds the session has from now on."""
        if self.signed_in is None:
            return 0
        session, now = self.signed_in.session, self.now
        self.desk.act(None, lambda door: officers.stay(door, session))
        return int((officers.ends_at(replace(session, seen_at=now)) - now).total_seconds())

    def leave(self) -> None:
        """Carry no session any more."""
        self._set[SESSION] = ("", 0)

    def typed_before(self) -> dict[str, str] | None:
        """What was typed on this page when the session ran out, handed back once; None on every other page."""
        if not self._cookie(KEPT) or self.signed_in is None:
            return None
        self._set[KEPT] = ("", 0)
        token, user = self._cookie(SESSION) or "", self.signed_in.user
        form = self.desk.act(None, lambda door: officers.kept_form(door, token, user.id))
        if form is None or form.path != self.request.url.path:
            return None
        plain = self.desk.seal.read(form.content.decode(), KEPT_CONTEXT, younger_than=officers.KEPT, now=self.now)
        return None if plain is None else dict(json.loads(plain))

    def keep(self, name: str, value: str, *, lives_s: int) -> None:
        """Carry something sealed for a while."""
        self._set[name] = (value, lives_s)

    def carried(self, name: str) -> str | None:
        """What the browser carries under this name."""
        return self._cookie(name)

    def say(self, name: str, /, **values: object) -> str:
        """A sentence of the desk in the language of the answer."""
        return self.desk.words[self.language].say(name, **values)

    def day(self, value: date) -> str:
        """A day in words."""
        return spoken_day(value, self.language)

    def in_words(self, path: str, value: object) -> str:
        """The value of a field of a request."""
        return in_words(self.desk.words[self.language], path, value)

    def say_or(self, name: str, otherwise: str) -> str:
        """A sentence of the desk, or the one of the rule itself where the catalogue has none of this name."""
        try:
            return self.say(name)
        except LookupError:
            return otherwise

    def problem(self, wrong: FieldError) -> str:
        """What is wrong with a field, in the language of the answer; a code that has no words of its own says it in English."""
        return self.say_or(f"problem.{wrong.code}", wrong.message)

    def page(self, template: str, *, status: int = 200, **shown: object) -> Response:
        """The answer that shows a page."""
        html = self.desk.templates.get_template(f"{template}.html").render(
            t=self.say, day=self.day, clock=clock_time, on=brussels_date, until=last_day, case_of=case_of,
            in_words=self.in_words,
            theme=self.desk.theme, language=self.language,
            languages=[(one, OWN_NAMES[one], switched(self.here, one)) for one in self.desk.languages],
            environment=str(self.desk.app.settings.env), user=self.signed_in.user if self.signed_in else None,
            form=self.desk.seal.form(self.visit), here=self.request.url.path, page_name=template, now=self.now,
            menu=menu(self.signed_in.user if self.signed_in else None),
            warn_s=int(officers.WARN.total_seconds()), ends_at=officers.ends_at(self.signed_in.session) if self.signed_in else None,
            **({"mistakes": {}, "elsewhere": {}} | shown),
        )  # fmt: skip
        return self._with_cookies(HTMLResponse(html, status, headers={"Content-Security-Policy": POLICY}))

    def go(self, path: str) -> Response:
        """The answer that leads on to another page."""
        return self._with_cookies(RedirectResponse(path, 303))

    def _kept_for_later(self, typed: Mapping[str, str]) -> bool:
        """Keep a form that a page of ours made for this browser."""
        token = self._cookie(SESSION)
        if not token:
            return False
        self.refuse_strange(typed.get("form", ""))
        plain = json.dumps({name: value for name, value in typed.items() if name != "form"}).encode()
        content = self.desk.seal.shut(plain, KEPT_CONTEXT, now=self.now).encode()
        path = self.request.url.path
        return self.desk.act(None, lambda door: officers.keep_form(door, token, path=path, content=content))

    def _current(self) -> SignedIn | None:
        token = self._cookie(SESSION)
        if not token:
            return None
        tools = self.desk.app.tools
        return self.desk.look(None, lambda door: officers.current(door.uow, token, now=door.now, tools=tools))

    def _note(self) -> None:
        assert self.signed_in is not None
        session, now = self.signed_in.session, self.now
        if officers.is_to_be_noted(session, now=now):
            self.desk.act(None, lambda door: door.uow.officer_sessions.seen(session.digest, now=door.now))
            self.signed_in = replace(self.signed_in, session=replace(session, seen_at=now))

    def _spoken(self, text: str | None) -> Language | None:
        return next((one for one in self.desk.languages if one == text), None)

    def _host(self) -> str:
        scheme = "https" if self.desk.encrypted else "http"
        return f"{scheme}://{self.request.headers.get('host', '')}"

    def _cookie(self, name: str) -> str | None:
        return self.request.cookies.get(self._named(name)) or None

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self.desk.encrypted else name

    def _with_cookies(self, answer: Response) -> Response:
        for name, (value, lives_s) in self._set.items():
            answer.set_cookie(
                self._named(name), value, max_age=lives_s, path="/", secure=self.desk.encrypted, httponly=True,
                samesite="lax" if name in (BEGUN, LANGUAGE) else "strict",
            )  # fmt: skip
        return answer


def case_of(ref: str) -> str:
    """The page of a request or of an activation."""
    return f"/desk/{'activations' if ref.startswith('AC-') else 'requests'}/{ref}"


def told(mistakes: Mapping[str, str]) -> dict[str, list[str]]:
    """Mistakes as pages show them, by field."""
    return {name: [sentence] for name, sentence in mistakes.items()}
