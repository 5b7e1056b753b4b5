"""What a viewer gets: a picture of its own, turned as asked for, with their name and the time all over it."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from bisdesk.papers.shown import shown
from tests.support import papers

AT = datetime(2026, 11, 25, 11, 5, tzinfo=UTC)
PAGE = papers.png((1200, 800))


def seen(page: bytes = PAGE, *, viewer: str = "Anna Peeters", turned: int = 0, at: datetime = AT) -> Image.Image:
    """The picture that comes."""
    return Image.open(BytesIO(shown(page, viewer=viewer, at=at, turned=turned)), formats=("JPEG",))


def changed(one: Image.Image, other: Image.Image) -> Image.Image:
    """Where two pictures differ by more than a JPEG does by itself."""
    return ImageChops.difference(one.convert("L"), other.convert("L")).point(lambda step: 255 * (step > 12))


def test_the_bytes_that_were_kept_are_never_what_comes() -> None:
    assert shown(PAGE, viewer="Anna", at=AT)[:3] == b"\xff\xd8\xff"
    assert PAGE not in shown(PAGE, viewer="Anna", at=AT)


@pytest.mark.parametrize("side", range(12))
def test_whatever_part_is_cut_out_has_a_mark_in_it(side: int) -> None:
    left, top = side % 4 * 300, side // 4 * 266

    marks = changed(seen(), papers.picture((1200, 800))).crop((left, top, left + 300, top + 266))

    assert sum(marks.histogram()[1:]) > 300


def test_what_is_written_on_the_paper_stays_readable() -> None:
    marks = changed(seen(), papers.picture((1200, 800)))
    strongest = ImageChops.difference(seen().convert("L"), papers.picture((1200, 800)).convert("L")).getextrema()

    assert sum(marks.histogram()[1:]) < 0.2 * 1200 * 800
    assert strongest[1] < 110  # of 255: no place is hidden


def test_another_viewer_and_another_minute_give_another_picture() -> None:
    pictures = [
        shown(PAGE, viewer="Anna", at=AT),
        shown(PAGE, viewer="Bart", at=AT),
        shown(PAGE, viewer="Anna", at=AT.replace(minute=6)),
    ]

    assert len(set(pictures)) == 3
    assert shown(PAGE, viewer="Anna", at=AT.replace(second=59)) == pictures[0]


@pytest.mark.parametrize(("turned", "corner"), [(0, (5, 5)), (90, (-6, 5)), (180, (-6, -6)), (270, (5, -6))])
def test_a_page_is_turned_clockwise(turned: int, corner: tuple[int, int]) -> None:
    picture = seen(turned=turned).convert("L")

    x, y = (place % size for place, size in zip(corner, picture.size, strict=True))

    assert picture.size == ((800, 1200) if turned in (90, 270) else (1200, 800))
    assert picture.crop((max(x - 5, 0), max(y - 5, 0), x + 5, y + 5)).resize((1, 1)).getpixel((0, 0)) < 130


@pytest.mark.parametrize("turned", [1, 45, -90, 360])
def test_no_other_turn_exists(turned: int) -> None:
    with pytest.raises(ValueError, match="0, 90, 180 or 270"):
        shown(PAGE, viewer="Anna", at=AT, turned=turned)


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff nothing", papers.pdf(), papers.other("GIF"), PAGE[:200]])
def test_what_is_no_page_is_not_shown(content: bytes) -> None:
    with pytest.raises(ValueError, match="no page"):
        shown(content, viewer="Anna", at=AT)


def test_more_than_a_page_is_not_opened() -> None:
    with pytest.raises(ValueError, match="larger than any page"):
        shown(papers.empty_png(4000, 3000), viewer="Anna", at=AT)


@pytest.mark.parametrize("viewer", ["Zoë Ćosić-Łukasz", "Ωμέγα", "李", "a\u202eb\n\tc", "", "x" * 500])
def test_every_name_can_be_written(viewer: str) -> None:
    assert seen(viewer=viewer).size == (1200, 800)


def test_without_the_fonts_of_the_site_there_is_a_mark_too() -> None:
    picture = Image.open(BytesIO(shown(PAGE, viewer="Zoë", at=AT, fonts=())))

    assert sum(changed(picture, papers.picture((1200, 800))).histogram()[1:]) > 3000


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3)])
def test_the_smallest_and_the_thinnest_page_are_shown(size: tuple[int, int]) -> None:
    assert seen(papers.png(size)).size == size
