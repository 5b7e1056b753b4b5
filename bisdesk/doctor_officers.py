"""Whether officers can come in: where they sign in by a provider, it is asked what it publishes; nobody is signed in by it."""

from __future__ import annotations

from bisdesk.bootstrap import Installation
from bisdesk.examined import Examined
from bisdesk.openid.channel import Channel
from bisdesk.openid.discovery import Metadata, read_metadata
from bisdesk.openid.outcomes import Code, Refused
from bisdesk.openid.registration import Registration
from bisdesk.settings_desk import Door

NAME = "officers"
REMEDIES = {
    Code.PROVIDER_DOWN: "Check the address and the firewall; until then nobody can sign in.",
    Code.ISSUER: "Set BISDESK_OIDC_ISSUER as the provider writes it, letter by letter.",
}
OTHERWISE = "Ask the people who run the provider; until then nobody can sign in."


def officers(app: Installation) -> Examined:
    """How officers come in; of a provider, whether it is there, is the one that was agreed, and signs as agreed."""
    desk = app.settings.desk
    if desk.door is Door.CLOSED:
        return Examined(NAME, True, "off: nobody signs in at the desk")
    if desk.registration is None:
        return Examined(NAME, True, "development sign-in: whoever is chosen from a list")
    known = read_metadata(Channel(), desk.registration)
    return _silent(known, desk.registration) if isinstance(known, Refused) else _published(known, desk.registration)


def _silent(refused: Refused, ours: Registration) -> Examined:
    found = {
        Code.PROVIDER_DOWN: f"{ours.issuer} cannot be reached",
        Code.ISSUER: f"the provider at {ours.issuer} calls itself otherwise",
    }.get(refused.code, f"{ours.issuer} publishes no places or keys that a sign-in with {ours.algorithm} can rest on")
    return Examined(NAME, False, found, REMEDIES.get(refused.code, OTHERWISE))


def _published(known: Metadata, ours: Registration) -> Examined:
    signs = ours.algorithm
    if known.signs_with and signs not in known.signs_with:
        found = f"{ours.issuer} signs with {', '.join(known.signs_with)}, and only {signs} is believed"
        return Examined(NAME, False, found, "Agree on one of them with the provider; set BISDESK_OIDC_ALGORITHM.")
    if not known.keys.keys:
        return Examined(NAME, False, f"{ours.issuer} publishes no key for {signs}", OTHERWISE)
    named = "" if known.names_itself else "; its answers do not say whose they are (RFC 9207)"
    return Examined(NAME, True, f"{ours.issuer} answers, only {signs} is believed{named}")
