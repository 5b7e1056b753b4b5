"""The shape of postal codes where it is well known; elsewhere any short text is accepted (domain D4)."""

from __future__ import annotations

import re

from identity.problems import Problem
from identity.text import clean_text

LONGEST_POSTCODE = 20

_SHAPES = {
    country: re.compile(shape)
    for country, shape in {
        "AT": "[0-9]{4}", "CH": "[0-9]{4}", "DE": "[0-9]{5}", "DK": "[0-9]{4}", "ES": "[0-9]{5}", "FI": "[0-9]{5}",
        "FR": "[0-9]{2} ?[0-9]{3}", "IT": "[0-9]{5}", "LU": "(L-?)?[0-9]{4}", "NL": "[0-9]{4} ?[A-Z]{2}",
        "PL": "[0-9]{2}-?[0-9]{3}", "PT": "[0-9]{4}(-[0-9]{3})?",
    }.items()
}  # fmt: skip


def parse_postcode(text: str) -> str:
    """Return the code in capitals with single spaces.

    Raises: Problem for an empty, too long or unsafe text.
    """
    return clean_text(text, longest=LONGEST_POSTCODE).upper()


def refuse_foreign_shape(postcode: str, country: str) -> None:
    """Check the code against its country.

    Raises: Problem `postcode` when the country's shape is known and different.
    """
    shape = _SHAPES.get(country)
    if shape is not None and shape.fullmatch(postcode) is None:
        raise Problem("postcode", "A postal code of this country looks different; compare code and country.")
