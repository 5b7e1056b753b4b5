"""The page that shows a message: all languages side by side, whole, by itself, and nothing that runs or is fetched."""

import re
from html.parser import HTMLParser

import pytest

from notifications.catalogue import KINDS, of_kind
from notifications.gallery import INDEX, LANGUAGES, page, pages, rows
from notifications.samples import CODE, samples
from tests.unit.notifications.message_rows import RENDERER, M
from workflow.codes import grouped
from workflow.outbox import MessageKind

MEANINGS = dict.fromkeys(MessageKind, "a meaning")


class Seen(HTMLParser):
    """Which tags and addresses a page has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag, and what it would fetch or run."""
        self.tags.append(tag)
        self.fetched += [name for name, _ in attrs if name in ("src", "srcset", "action") or name.startswith("on")]


def shown(kind: MessageKind, *, all_turns: bool = False) -> str:
    """The page of one kind."""
    return page(kind, "a meaning", rows(RENDERER, kind, all_turns=all_turns))


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_shows_every_message_of_its_kind_in_every_language(kind: MessageKind) -> None:
    text = shown(kind)

    for name in LANGUAGES.values():
        assert text.count(f"<figcaption>{name}</figcaption>") == len(of_kind(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_runs_nothing_and_fetches_nothing(kind: MessageKind) -> None:
    text = shown(kind, all_turns=True)

    seen = Seen(text)
    assert not {"script", "img", "link", "iframe", "form", "object"} & set(seen.tags)
    assert seen.fetched == []
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_a_mail_is_shown_with_its_subject_its_html_and_below_it_its_text() -> None:
    text = shown(M.M1)

    [(first, *_)] = [rows(RENDERER, M.M1)]
    for one in first.shown.values():
        assert f'<p class="subject">{one.subject}</p>' in text
        assert one.html is not None
        assert one.html.partition("<body")[2].partition(">")[2].partition("</body>")[0] in text
    assert text.count("<summary>Text part") == 4


def test_an_sms_is_shown_on_a_phone_with_how_much_of_one_segment_it_takes() -> None:
    text = shown(M.M3)

    assert text.count('class="phone"') == 4
    assert text.count(grouped(CODE)) == 8  # on four phones and four letters
    assert len(re.findall(r"\d+ of 160, 1 segment", text)) == 4


def test_every_turn_can_be_shown() -> None:
    told = of_kind(M.M6)[0]

    assert shown(M.M6, all_turns=True).count("<section>") == len(samples(told))
    assert shown(M.M6).count("<section>") == 1


def test_a_folder_of_pages_has_one_for_each_kind_and_an_index_that_leads_to_all() -> None:
    files = pages(RENDERER, MEANINGS)

    assert set(files) == {INDEX, *(f"{kind}.html" for kind in KINDS)}
    assert all(f'href="{kind}.html"' in files[INDEX] for kind in KINDS)
    assert all(f'href="{INDEX}"' in files[f"{kind}.html"] for kind in KINDS)


def test_the_same_texts_make_the_same_page() -> None:
    assert shown(M.M9) == shown(M.M9)
