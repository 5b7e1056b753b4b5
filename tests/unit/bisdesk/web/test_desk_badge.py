"""The words of the promise's badge: at most twenty letters in every language, however late a request is (D4)."""

from __future__ import annotations

import pytest

from bisdesk.web.desk.frame import HERE
from bisdesk.web.words import merged
from workflow.model import Language
from workflow.service_level import BadgeKind

LONGEST = 20
COUNTED = {BadgeKind.OVERDUE: "days", BadgeKind.TODAY: "hours", BadgeKind.IN_DAYS: "days"}


@pytest.mark.parametrize("language", Language)
def test_no_badge_is_longer_than_twenty_letters(language: Language) -> None:
    words = merged(language, (HERE / "locale" / f"case.{language}.po",))

    told = [str(words.say("sla.overdue_now"))]
    for kind in BadgeKind:
        counted = COUNTED.get(kind)
        counts = (1, 2, 99) if counted else (0,)
        told += [str(words.say(f"sla.{kind}", **({counted: count} if counted else {}))) for count in counts]

    assert [one for one in told if len(one) > LONGEST] == []
