"""The identity document: its kinds, the five checks in order, and until when it is valid by law (domain 3.21-3.26, B4).

Validity is judged on the date of the physical check, which the caller hands in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from identity.dates import PartialDate, add_years
from identity.legal_validity import RULES, LegalRule

ADULT_AGE = 18


class DocumentType(StrEnum):
    """The documents that prove identity here; a driving licence does not (3.21)."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity_card"


class CheckStep(StrEnum):
    """The five checks of annex 1, in their order (3.22-3.26)."""

    PHOTO_PRESENT = "photo_present"
    ON_PRADO = "on_prado"
    PHOTO_MATCHES = "photo_matches"
    AUTHENTIC = "authentic"
    VALID = "valid"


class StopReason(StrEnum):
    """Why a request stops at a check (B1-3)."""

    NO_PHOTO = "no_photo"
    NOT_IN_PRADO = "not_in_prado"
    NO_LIKENESS = "no_likeness"
    NOT_AUTHENTIC = "not_authentic"
    EXPIRED = "expired"
    VALIDITY_ENDED_BY_LAW = "validity_ended_by_law"


class Verdict(StrEnum):
    """What the law says of a document on a day."""

    VALID = "valid"
    EXTENDED_BY_LAW = "extended_by_law"
    EXPIRED = "expired"
    ENDED_BY_LAW = "ended_by_law"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What validity depends on; `machine_readable` is None when nobody said anything about the zone."""

    type: DocumentType
    country: str
    issued_on: date
    expires_on: date
    machine_readable: bool | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """The printed and the effective last day, and the rule that made them differ."""

    printed: date = field(repr=False)
    effective: date = field(repr=False)
    rule_id: str | None
    source: str | None
    verdict: Verdict

    @property
    def accepted(self) -> bool:
        """Valid on the day, as printed or by law."""
        return self.verdict in (Verdict.VALID, Verdict.EXTENDED_BY_LAW)

    @property
    def stop_reason(self) -> StopReason | None:
        """The reason of step 5 when the document is not accepted (AM3-5, B4)."""
        match self.verdict:
            case Verdict.EXPIRED:
                return StopReason.EXPIRED
            case Verdict.ENDED_BY_LAW:
                return StopReason.VALIDITY_ENDED_BY_LAW
        return None


# Step 5 stops with what the law says, so that it is not in this table.
STOP_REASONS = {
    CheckStep.PHOTO_PRESENT: StopReason.NO_PHOTO,
    CheckStep.ON_PRADO: StopReason.NOT_IN_PRADO,
    CheckStep.PHOTO_MATCHES: StopReason.NO_LIKENESS,
    CheckStep.AUTHENTIC: StopReason.NOT_AUTHENTIC,
}


def judge_validity(document: Document, *, birth_date: PartialDate, checked_on: date) -> Validity:
    """Judge a document on the date of the physical check (domain B4, reading 7)."""
    printed = document.expires_on
    rules = [rule for rule in RULES if _meets(rule, document, birth_date) and rule.in_force_from <= checked_on]
    lengthened, longer = _lengthened(printed, rules)
    effective, shorter = _shortened(lengthened, rules)
    if checked_on <= printed and checked_on <= effective:
        verdict, rule = Verdict.VALID, shorter or longer
    elif checked_on <= effective:
        verdict, rule = Verdict.EXTENDED_BY_LAW, longer
    elif checked_on <= lengthened:
        verdict, rule = Verdict.ENDED_BY_LAW, shorter
    else:
        # Over on its own account, whatever a law took away before.
        verdict, rule = Verdict.EXPIRED, shorter or longer
    return Validity(printed, effective, rule.id if rule else None, rule.source if rule else None, verdict)


def first_refuted(answers: Iterable[tuple[CheckStep, bool | None]], validity: Validity | None) -> StopReason | None:
    """Return why the first refuted check stops the request, None when no check is refuted (B1-3).

    An officer's "not valid" stops even where a law extends the document: nobody overrules the person who held it.
    """
    for step, answer in answers:
        if step is CheckStep.VALID:
            return _validity_stop(answer, validity)
        if answer is False:
            return STOP_REASONS[step]
        if answer is None:
            return None
    return None


def _validity_stop(answer: bool | None, validity: Validity | None) -> StopReason | None:
    by_law = validity.stop_reason if validity is not None else None
    if answer is False:
        return by_law or StopReason.EXPIRED
    return by_law if answer else None


def _meets(rule: LegalRule, document: Document, birth_date: PartialDate) -> bool:
    # Only an explicit "not machine readable" says so: a zone that is not typed, or a notified zone outside
    # ICAO 9303 such as the old French one, counts as functional (D3).
    functional = document.machine_readable is not False
    return (
        document.type is DocumentType.IDENTITY_CARD
        and document.country in rule.countries
        and rule.issued_from <= document.issued_on <= rule.issued_until
        and not (rule.without_functional_mrz_only and functional)
        and not (rule.adults_only and not _adult_on(document.issued_on, birth_date))
        and not (functional and _born_by(birth_date, rule.spared_if_born_until))
    )


def _adult_on(day: date, birth_date: PartialDate) -> bool:
    # With a partial birth date only what is certain counts.
    return add_years(birth_date.last_day, ADULT_AGE) <= day


def _born_by(birth_date: PartialDate, limit: date | None) -> bool:
    return limit is not None and birth_date.last_day <= limit


def _lengthened(printed: date, rules: list[LegalRule]) -> tuple[date, LegalRule | None]:
    longer = next((rule for rule in rules if rule.extra_years), None)
    return (add_years(printed, longer.extra_years), longer) if longer else (printed, None)


def _shortened(until: date, rules: list[LegalRule]) -> tuple[date, LegalRule | None]:
    ends = [(rule.last_day, rule) for rule in rules if rule.last_day is not None and rule.last_day < until]
    return min(ends, key=lambda end: end[0]) if ends else (until, None)
