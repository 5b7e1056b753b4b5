"""Who an officer is by the claims of ACM/IDM (D6): person, organisation, target group and roles of this application.

It judges claims whose signature was checked. A national number is never read; what is not named here is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bisdesk.openid.outcomes import Code, Refused
from workflow.model import Role

FLEMISH_GOVERNMENT = "GID"  # the target group of 3.13
LOCAL_AUTHORITY = "LB"
ROLES = {
    "BisdeskEindgebruiker": Role.END_USER,
    "BisdeskServicedesk": Role.SERVICE_DESK,
    "BisdeskTeamverantwoordelijke": Role.TEAM_LEAD,
    "BisdeskLokaleBeheerder": Role.LOCAL_ADMIN,
    "BisdeskHoofdLokaleBeheerder": Role.HEAD_LOCAL_ADMIN,
    "BisdeskAuditor": Role.AUDITOR,
    "BisdeskOperator": Role.OPERATOR,
}
ROLE_VALUE = re.compile(r"(?P<right>[A-Za-z]{1,64})(?:-[^:]{1,100})?:(?P<entity>OVO[0-9]{6})")
LONGEST_TEXT = 255  # of a subject, by OpenID Connect; of any text here
MOST_ROLES = 200


@dataclass(frozen=True, slots=True, order=True)
class GrantedRole:
    """One role, and the organisation that it was granted for."""

    role: Role
    entity: str


@dataclass(frozen=True, slots=True)
class Identity:
    """An officer as the provider knows them; `issuer` and `subject` together are the person."""

    issuer: str
    subject: str = field(repr=False)
    given_name: str = field(repr=False)  # one of the two names may be empty: some people have only one
    family_name: str = field(repr=False)
    email: str | None = field(repr=False)  # only one that the provider verified
    target_group: str
    organisation: str
    organisation_name: str
    granted: tuple[GrantedRole, ...]
    acr: str | None

    @property
    def roles(self) -> frozenset[Role]:
        """The roles without their organisations."""
        return frozenset(granted.role for granted in self.granted)


def identity_of(claims: Mapping[str, object], *, issuer: str, app: str) -> Identity | Refused:
    """The officer whom checked claims describe, or why they may not come in."""
    group = _text(claims, "vo_doelgroepcode")
    if group != FLEMISH_GOVERNMENT:
        return Refused(_unfit(group))
    subject, organisation = _text(claims, "sub"), _text(claims, "vo_orgcode")
    given, family = _text(claims, "given_name"), _text(claims, "family_name")
    if not (subject and organisation and (given or family)):
        return Refused(Code.CLAIMS)
    granted = roles_of(claims.get(f"{app}_rol_3d"), organisation=organisation)
    if not granted:
        return Refused(Code.NO_ROLE)
    return Identity(
        issuer=issuer,
        subject=subject,
        given_name=given,
        family_name=family,
        email=(_text(claims, "email") or None) if claims.get("email_verified") is True else None,
        target_group=group,
        organisation=organisation,
        organisation_name=_text(claims, "vo_orgnaam") or organisation,
        granted=granted,
        acr=_text(claims, "acr") or None,
    )


def roles_of(values: object, *, organisation: str) -> tuple[GrantedRole, ...]:
    """Our roles among the values of the claim, in order; what is not ours or has another shape is left out."""
    listed = values[:MOST_ROLES] if isinstance(values, list) else [values]
    found = {role for value in listed if (role := _role(value, organisation))}
    return tuple(sorted(found))


def _role(value: object, organisation: str) -> GrantedRole | None:
    shape = ROLE_VALUE.fullmatch(value) if isinstance(value, str) else None
    role = ROLES.get(shape["right"]) if shape else None
    if shape is None or role is None:
        return None
    if role is Role.END_USER and shape["entity"] != organisation:
        return None  # an end user files for the organisation they signed in for, and for no other (3.13, 3.19)
    return GrantedRole(role, shape["entity"])


def _unfit(group: str) -> Code:
    if not group:
        return Code.CLAIMS
    return Code.LOCAL_AUTHORITY if group == LOCAL_AUTHORITY else Code.TARGET_GROUP


def _text(claims: Mapping[str, object], name: str) -> str:
    """A claim that can be shown and kept as it is, or nothing."""
    text = claims.get(name)
    if not isinstance(text, str) or len(text) > LONGEST_TEXT or not text.isprintable():
        return ""
    return text.strip()
