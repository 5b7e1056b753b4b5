"""One request of one browser: what it carries, in which language it is answered, and the answer with its cookies.

It decides nothing about an activation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bisdesk.web.applicant.screens import Mistake, Screen, Trouble
from bisdesk.web.applicant.seal import DEVICE_LIVES
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.told import MARK, TOLD_FOR, Spot, Told, noted, told_in
from bisdesk.web.rendering import Frame
from notifications.addressee import one_line
from workflow.access import Door
from workflow.model import Language
from workflow.ports_entry import Session
from workflow.sessions import Opened, current
from workflow.standing import Standing

LINK, VISIT, SESSION, DEVICE, LANGUAGE, TOLD = "act", "visit", "session", "device", "lang", "told"
LANGUAGE_LIVES_S = 365 * 24 * 3600
SAFE_SITES = frozenset({"same-origin", "none"})
TROUBLES = {"not_found": 404, "too_many": 429, "unavailable": 503, "stale_form": 403, "raced": 409, "other_link": 409}


@dataclass
class Visit:
    """A request and what is known of its browser."""

    site: Site
    request: Request
    visit: str = field(init=False, repr=False)
    language: Language = field(init=False)
    _set: dict[str, tuple[str, int | None]] = field(default_factory=dict, repr=False)
    _first: dict[str, tuple[str, int | None]] = field(default_factory=dict, repr=False)
    _chosen: Language | None = None
    _about: str = ""
    _ref: str = ""

    def __post_init__(self) -> None:
        known = self._cookie(VISIT)
        self.visit = known or self.site.seal.visit()
        if not known:
            self._set[VISIT] = (self.visit, None)
        asked = _language(self.request.query_params.get("lang"), self.site)
        if asked:
            self._set[LANGUAGE] = (asked, LANGUAGE_LIVES_S)
        self._first = dict(self._set)
        self._chosen = asked or _language(self._cookie(LANGUAGE), self.site)
        self.language = self._chosen or _preferred(self.request.headers.get("accept-language", ""), self.site)

    @property
    def now(self) -> datetime:
        """What the clock says."""
        return self.site.app.clock.now()

    @property
    def link(self) -> str | None:
        """The token of the link that this browser came with, if it is fresh."""
        cookie = self._cookie(LINK)
        return self.site.seal.token_of(cookie, now=self.now) if cookie else None

    @property
    def address(self) -> str | None:
        """The address of the internet that asks."""
        return self.request.client.host if self.request.client else None

    @property
    def had_session(self) -> bool:
        """Whether the browser believes that it is in."""
        return self._cookie(SESSION) is not None

    def about(self, here: Standing) -> None:
        """Answer about an activation: its name on the page (A23), in the language that its person did not choose away (A14)."""
        self._about, self._ref = one_line(here.entity), here.ref
        if self._chosen is None and here.language in self.site.app.settings.languages:
            self.language = here.language

    def session(self, door: Door) -> Session | None:
        """The session of this browser, if it still counts."""
        token = self._cookie(SESSION)
        return current(door.uow, token, now=door.now, tools=door.tools) if token else None

    def afresh(self) -> None:
        """Take back what work that lost a race has set."""
        self._set = dict(self._first)

    def enter(self, opened: Opened) -> None:
        """Carry a fresh session from now on; the link has done its work."""
        self._set[SESSION] = (opened.token, None)
        self._set[LINK] = ("", 0)

    def end_session(self, door: Door) -> None:
        """End the session that the browser came with, for whoever else may have its number."""
        session = self.session(door)
        if session is not None:
            door.uow.sessions.drop(session.digest)

    def leave(self) -> None:
        """Carry no session any more."""
        self._set[SESSION] = ("", 0)

    def device(self, name: str) -> str | None:
        """The number of this device, if this user name has signed in on it."""
        cookie = self._cookie(DEVICE)
        return self.site.seal.device_of(cookie, name, now=self.site.app.clock.now()) if cookie else None

    def know_device(self, name: str) -> None:
        """Let the device be known to whoever signs in with this name: guesses of strangers no longer hold it up."""
        sealed = self.site.seal.device(name, now=self.site.app.clock.now())
        self._set[DEVICE] = (sealed, int(DEVICE_LIVES.total_seconds()))

    def keep_link(self, token: str) -> None:
        """Carry a link, out of the address bar."""
        self._set[LINK] = (self.site.seal.link(token, now=self.now), None)

    def forget_visit(self) -> None:
        """Set no number of the browser with this answer, which must be of one size for everybody."""
        self._set.pop(VISIT, None)

    def is_genuine(self, form: str) -> bool:
        """Whether a form was sent from a page that we made for this very browser."""
        site = self.request.headers.get("sec-fetch-site", "none")
        origin = self.request.headers.get("origin")
        own = (None, "null", self.site.app.settings.applicant_base_url, self._host())
        return site in SAFE_SITES and origin in own and self.site.seal.is_ours(form, self._cookie(VISIT) or "")

    def is_about(self, form: str, here: Standing) -> bool:
        """Whether a form was sent from a page about this activation: another tab may have opened another link since."""
        return self.site.seal.is_about(form, here.ref)

    def page(self, screen: Screen, *, status: int = 200, here: str | None = None, signed_in: bool = False) -> Response:
        """The answer that shows a page."""
        frame = Frame(
            language=self.language, here=here or self._here(), form=self.site.seal.form(self.visit, self._ref), signed_in=signed_in,
            environment=str(self.site.app.settings.env), about=self._about, ref=self._ref,
        )  # fmt: skip
        return self._with_cookies(HTMLResponse(self.site.pages.html(screen, frame), status))

    def go(self, path: str) -> Response:
        """The answer that leads on to another page; a form that was worked on leaves no older mistake to be told."""
        if self.request.method == "POST" and self._cookie(TOLD):
            self._set[TOLD] = ("", 0)
        return self._leading(path)

    def tell(self, path: str, *mistakes: Mistake, typed: Mapping[str, str] | None = None, news: str = "") -> Response:
        """The answer to a form that leads on to a page which says what is to be mended, or what was done.

        `typed` is shown there once more: never a password, a one-time code, or what could be an activation code.
        """
        told = Told(mistakes=mistakes, typed=typed or {}, news=news, ref=self._ref, language=self.language)
        spot = Spot(self.visit, path.partition("?")[0], self.site.seal.nonce())
        cookie = noted(self.site.seal, told, spot, now=self.now)
        self._set[TOLD] = (cookie, int(TOLD_FOR.total_seconds()))
        return self._leading(f"{path}{'&' if '?' in path else '?'}{MARK}={spot.mark}")

    def told(self) -> Told:
        """What is to be said on this page of the form that was sent before; ask once the page is known to be about somebody."""
        mark, cookie = self.request.query_params.get(MARK), self._cookie(TOLD)
        if not mark or not cookie:
            return Told()
        told = told_in(self.site.seal, cookie, Spot(self.visit, self.request.url.path, mark), now=self.now)
        if self._ref and told.ref != self._ref:
            return Told()  # another link was opened since
        if self._chosen is None and told.language:
            self.language = told.language
        return told

    def trouble(self, what: str, *, minutes: int = 0, back: str = "/activate") -> Response:
        """The answer that says what went wrong on the way."""
        answer = self.page(Trouble(what=what, minutes=minutes, back=back), status=TROUBLES[what], here=back)
        if minutes:
            answer.headers["Retry-After"] = str(minutes * 60)
        return answer

    def _leading(self, path: str) -> Response:
        return self._with_cookies(RedirectResponse(path, 303))

    def _host(self) -> str:
        """The origin that the browser went to, where nobody rewrites it; over HTTPS, if the site is."""
        scheme = "https" if self.site.encrypted else "http"
        return f"{scheme}://{self.request.headers.get('host', '')}"

    def _here(self) -> str:
        query = self.request.url.query
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    def _cookie(self, name: str) -> str | None:
        return self.request.cookies.get(self._named(name)) or None

    def _named(self, name: str) -> str:
        """`__Host-` binds a cookie to this host and to HTTPS; outside live a site may do without."""
        return f"__Host-{name}" if self.site.encrypted else name

    def _with_cookies(self, answer: Response) -> Response:
        for name, (value, lives_s) in self._set.items():
            answer.set_cookie(
                self._named(name),
                value,
                max_age=lives_s,
                path="/",
                secure=self.site.encrypted,
                httponly=True,
                samesite="lax",
            )
        return answer


def mistake(name: str, sentence: str, **values: object) -> Mistake:
    """One thing to mend."""
    return Mistake(name, sentence, values)


def minutes_of(seconds: float) -> int:
    """Whole minutes to wait, at least one."""
    return max(1, -int(-seconds // 60))


def from_then(now: datetime, seconds: int) -> datetime | None:
    """The full minute from which something can be asked for again; None: now."""
    if not seconds:
        return None
    then = now + timedelta(seconds=seconds + 59)
    return then.replace(second=0, microsecond=0)


def _language(text: str | None, site: Site) -> Language | None:
    return next((one for one in site.app.settings.languages if one == text), None)


def _preferred(header: str, site: Site) -> Language:
    """The first language of the browser that we speak, by its weight; Dutch where there is none."""
    spoken: Mapping[str, Language] = {str(one): one for one in site.app.settings.languages}
    asked = []
    for place, part in enumerate(header[:200].split(",")):
        name, _, weight = part.partition(";q=")
        try:
            asked.append((-float(weight or 1), place, name.strip().partition("-")[0].lower()))
        except ValueError:
            continue
    known = (spoken[name] for _, _, name in sorted(asked) if name in spoken)
    return next(known, site.app.settings.languages[0])
