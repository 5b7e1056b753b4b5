"""Lists of the desk as an officer uses them without a browser: read the rows, press a button of a row, tick several."""

from __future__ import annotations

import re
from dataclasses import replace

from bisdesk.demo.stage import BART
from tests.support.officer import Officer
from tests.support.site import OpenSite
from workflow.access import Door
from workflow.model import Role

NAMES = ("zoe-dubois", "marta-nowak", "luc-vanderberg", "jurgen-mueller", "siobhan-kelly")
TAKE, SELECTED = "/desk/lists/take", "/desk/lists/selected"
BUTTON = re.compile(r'formaction="/desk/lists/take" name="row" value="([^"]+)"')
BOX = re.compile(r'name="chosen" id="[^"]+" value="([^"]+)"')
ROW = re.compile(r'<th scope="row"[^>]*><a[^>]*>(BR-[^<]+)</a>')


def officer(site: OpenSite, name: str) -> Officer:
    """Somebody, signed in."""
    return Officer(site.base, name, site.people).signs_in()


def filed(site: OpenSite, count: int = 3) -> list[str]:
    """Requests that wait to be taken."""
    return [site.stage.file(name) for name in NAMES[:count]]


def rows(who: Officer) -> list[str]:
    """The references of the list that is shown, in its order."""
    return ROW.findall(who.page)


def takes(who: Officer, ref: str) -> Officer:
    """Press the button of a row of the list that is shown."""
    value = next(one for one in BUTTON.findall(who.page) if one.startswith(f"{ref}~"))
    return posts(who, TAKE, form_of=SELECTED, row=value)


def posts(who: Officer, path: str, *, form_of: str, **typed: str | list[str]) -> Officer:
    """Send a form of this page to where one of its buttons leads."""
    return who._shown(who.client.post(path, data=dict(who.hidden(form_of)) | typed))


def chooses(who: Officer, *refs: str, do: str) -> Officer:
    """Tick these rows of the list that is shown, and press a button above it."""
    chosen = [one for one in BOX.findall(who.page) if one.partition("~")[0] in refs]
    return who.sends(SELECTED, chosen=chosen, do=do)


def with_roles(site: OpenSite, email: str, *roles: Role) -> None:
    """An officer has other roles from now on."""

    def change(door: Door) -> None:
        door.uow.directory.put_user(replace(door.uow.directory.by_email(email), roles=frozenset(roles)))

    site.stage.act(BART, change)
