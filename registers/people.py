"""Invented inhabitants of the simulated register; none of them exists, and none resembles an example of this product.

Names and years are rare on purpose: a person who is registered in a story should not meet one of these by accident.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from identity.dates import PartialDate, read_partial_date
from identity.matching import PersonData
from identity.numbers import check_digits, make_bis
from workflow.identity_register import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """One person as the register knows them; a resident is in the national register and has its number."""

    insz: str = field(repr=False)
    given_names: str = field(repr=False)
    family_name: str = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str = field(repr=False)
    birth_country: str = field(repr=False)
    birth_place: str = field(repr=False)
    active_resident: bool = False

    @property
    def compared(self) -> PersonData:
        """What the person is compared on."""
        return PersonData(
            family_name=self.family_name,
            given_names=self.given_names,
            birth_date=read_partial_date(self.birth_date),
            sex=self.sex,
            birth_country=self.birth_country or None,
            birth_place=self.birth_place or None,
        )

    @property
    def candidate(self) -> Candidate:
        """The person as an answer shows them."""
        return Candidate(
            insz=self.insz,
            given_names=self.given_names,
            family_name=self.family_name,
            birth_date=self.birth_date,
            sex=self.sex,
            birth_place=self.birth_place or None,
            active_resident=self.active_resident,
        )


_BIS = (
    ("Ingeborg Solveig", "Tjørnhammer", "1938-03-09", "F", "NO", "Kongsvinger", 14),
    ("Zbigniew", "Grzegorzewski-Pawlak", "1941-11-30", "M", "PL", "Szczebrzeszyn", 27),
    ("Aurelio Tancredi", "Buonaventura", "1936-06-18", "M", "IT", "Roccapalumba", 5),
    ("Thórdís", "Guðmundsdóttir", "1944-01-22", "F", "IS", "Húsavík", 32),
    ("Krzysztofa", "Wojciechowska", "1947-09-03", "F", "PL", "Zwierzyniec", 48),
    ("Ambroise Fulgence", "Quatremarre", "1933-12-11", "M", "FR", "Pont-l'Abbé", 61),
    ("Παναγιώτης", "Καραμπουρνιώτης", "1949-05-27", "M", "GR", "Ναύπακτος", 13),
    ("Свѣтлана", "Преображенская", "1939-08-14", "F", "RU", "Кострома", 76),
    ("Oluwaseun", "Akinfolarin-Bello", "1946-10-02", "M", "NG", "Abeokuta", 89),
    ("Xochitl Guadalupe", "Cuauhtlehuanitzin", "1943-02-19", "F", "MX", "Tlaxcala", 10),
    ("Gearóid", "Mac Fhionnlaoich", "1935-04-25", "M", "IE", "Baile Átha Fhirdhia", 33),
    ("Szilvia Erzsébet", "Nagymihályi-Kövesdi", "1948-07-07", "F", "HU", "Hódmezővásárhely", 6),
    ("Wolfhardt", "Hinterzarten-Pfrengle", "1937", "M", "DE", "Unterschächen", 21),
    ("Nguyệt Ánh", "Trương-Khuất", "1945-12", "F", "VN", "Buôn Ma Thuột", 8),
    ("Robin Ariel", "Featherstonehaugh", "1942-03-31", "X", "GB", "Stow-on-the-Wold", 17),
)
_RESIDENTS = (
    ("Godelieve Philomena", "Verschuerenbroeck", "1940-05-16", "F", "BE", "Lichtervelde", 102),
    ("Cornelis Adrianus", "Krommenhoekstra", "1934-09-21", "M", "NL", "Sneek", 155),
    ("Mireille Honorine", "Delchambrewaux", "1946-02-08", "F", "BE", "Fosses-la-Ville", 208),
    ("Desiderius", "Opdenbosch-Ghysbrecht", "1932-10-29", "M", "BE", "Heist-op-den-Berg", 311),
    ("Yıldız Nurhayat", "Karahasanoğulları", "1949-11-05", "F", "TR", "Emirdağ", 414),
)


@cache
def inhabitants() -> tuple[Resident, ...]:
    """Everybody whom the simulated register knows before anything is registered."""
    return tuple(_person(row, resident=False) for row in _BIS) + tuple(
        _person(row, resident=True) for row in _RESIDENTS
    )


def _person(row: tuple[str, str, str, str, str, str, int], *, resident: bool) -> Resident:
    given, family, born, sex, country, place, sequence = row
    birth = read_partial_date(born)
    return Resident(
        insz=_national_number(birth, sequence) if resident else make_bis(birth, sex, sequence).digits,
        given_names=given,
        family_name=family,
        birth_date=born,
        sex=sex,
        birth_country=country,
        birth_place=place,
        active_resident=resident,
    )


def _national_number(birth: PartialDate, sequence: int) -> str:
    first_nine = f"{birth.year % 100:02d}{birth.month or 0:02d}{birth.day or 0:02d}{sequence:03d}"
    return first_nine + check_digits(first_nine, born_from_2000=birth.year >= 2000)
