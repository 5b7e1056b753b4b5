"""Laws that lengthen or shorten the validity printed on a document, as dated data with sources (domain D3, reading 7).

A change in the law is a new row here and nothing else; documents.py applies the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from identity.countries import EUROPEAN_UNION


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalRule:
    """One rule on identity cards: which cards it meets, and what it does to the printed date.

    `extra_years` lengthens; `last_day` shortens and is itself still a valid day.
    """

    id: str
    source: str
    in_force_from: date
    countries: frozenset[str]
    issued_from: date = date.min
    issued_until: date = date.max
    adults_only: bool = False  # 18 on the day of issue
    without_functional_mrz_only: bool = False
    spared_if_born_until: date | None = None  # the holder keeps the printed date, if the zone is functional
    extra_years: int = 0
    last_day: date | None = None


_REGULATION = "Regulation (EU) 2019/1157, Article 5 (kept in effect; replaced by Council Regulation (EU) 2025/1208)"

# Lengthening rules stand first: a shortening rule cuts what they gave.
RULES: tuple[LegalRule, ...] = (
    LegalRule(
        # Nothing changes on the card itself, and cards of minors are left out (3.26).
        id="fr-identity-card-plus-5",
        source="French decree 2013-1188 of 18 December 2013; table per year on service-public.fr, F35005",
        in_force_from=date(2014, 1, 1),
        countries=frozenset({"FR"}),
        issued_from=date(2004, 1, 2),
        issued_until=date(2013, 12, 31),
        adults_only=True,
        extra_years=5,
    ),
    LegalRule(
        # "Shall cease to be valid at their expiry or by 3 August 2026": from that day on they are not valid, so the
        # day before is the last one. The Italian paper card is the best known. The handbook joins to these the cards
        # below the security minimum of ICAO 9303-2; both show as "no functional zone" in a request.
        id="eu-identity-card-without-mrz",
        source=_REGULATION + ", paragraphs 2(a) and 3",
        in_force_from=date(2021, 8, 2),
        countries=EUROPEAN_UNION,
        without_functional_mrz_only=True,
        last_day=date(2026, 8, 2),
    ),
    LegalRule(
        # Cards of before the Regulation that outlive ten years, except those of holders aged 70 on 2 August 2021.
        id="eu-identity-card-old-format",
        source=_REGULATION + ", paragraphs 1 and 2(b)",
        in_force_from=date(2021, 8, 2),
        countries=EUROPEAN_UNION,
        issued_until=date(2021, 8, 1),
        spared_if_born_until=date(1951, 8, 2),
        last_day=date(2031, 8, 2),
    ),
)
