"""Papers opened by a child: what is kept and shown of right ones, and what is said of vicious ones."""

from __future__ import annotations

import random
from io import BytesIO
from zipfile import is_zipfile

import pikepdf
import pytest
from PIL import Image

from bisdesk.papers.judge import made_safe
from bisdesk.papers.verdict import JPEG, PDF, PNG, Code, Refused, Safe
from tests.support import papers

MUTATIONS, SHARES = 200, 4
SEED = 20261125
RIGHT = [papers.png(), papers.jpeg(turned=6), papers.pdf(2), papers.filled_in(), papers.png(mode="P"), papers.signed()]
DAMAGED = {
    "png without its end": papers.png()[:-40],
    "jpeg without its end": papers.jpeg()[:-200],
    "head of a jpeg": papers.jpeg()[:20],
    "head of a pdf": papers.pdf()[:200] + b"%%EOF",
    "nothing but marks": b"%PDF-1.7\n%%EOF",
    "lists in lists": papers.deep(300),
    "lists in lists without end": papers.deep(50_000),
    "picture without width": papers.empty_png(0, 10),
    "document without pages": papers.written(
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj", "2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj"
    ),
    "document that lost pages": papers.smallest_pdf().replace(b"/Count 1", b"/Count 3"),
}


def safe(content: bytes) -> Safe:
    """What is kept and shown of a right paper."""
    found = made_safe(content, clamd="off")
    assert isinstance(found, Safe), found
    return found


def code(content: bytes) -> Code:
    """With what code a paper is refused; nothing of it comes along."""
    found = made_safe(content, clamd="off")
    assert isinstance(found, Refused), found
    return found.code


def opened(content: bytes) -> Image.Image:
    """A picture."""
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "LA", "RGBA", "P"])
def test_a_png_is_written_anew_whatever_its_colours(mode: str) -> None:
    kept = safe(papers.png(mode=mode))

    assert (kept.media_type, kept.page_count) == (PNG, 1)
    assert opened(kept.evidence).mode in ("RGB", "L")
    assert opened(kept.evidence).convert("L").crop((0, 0, 70, 40)).resize((1, 1)).getpixel((0, 0)) < 60  # type: ignore[operator]


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_is_written_anew_whatever_its_colours(mode: str) -> None:
    kept = safe(papers.jpeg(mode=mode))

    assert (kept.media_type, kept.page_count) == (JPEG, 1)
    assert opened(kept.evidence).convert("L").getpixel((5, 5)) < 60  # type: ignore[operator]


def test_sixteen_bits_of_grey_become_eight() -> None:
    deep = Image.new("I;16", (64, 64), 0xC000)
    out = BytesIO()
    deep.save(out, "PNG")

    assert opened(safe(out.getvalue()).evidence).getpixel((5, 5)) == 0xC0


def test_what_is_transparent_lies_on_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")

    assert opened(safe(out.getvalue()).evidence).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photo_stands_upright(turned: int) -> None:
    kept = opened(safe(papers.jpeg((320, 200), turned=turned)).evidence)
    corners = {1: (5, 5), 2: (-6, 5), 3: (-6, -6), 4: (5, -6), 5: (5, 5), 6: (-6, 5), 7: (-6, -6), 8: (5, -6)}

    x, y = (place % size for place, size in zip(corners[turned], kept.size, strict=True))

    assert kept.size == ((320, 200) if turned < 5 else (200, 320))
    assert kept.convert("L").getpixel((x, y)) < 60  # type: ignore[operator]


def test_nothing_that_came_along_is_kept() -> None:
    photo = papers.jpeg(turned=6, comment=papers.SECRET, icc_profile=b"a profile" * 20, dpi=(300, 300))

    kept = safe(photo).evidence

    assert b"Lille" in photo and papers.SECRET in photo  # noqa: PT018  # both, or the test shows nothing
    assert not opened(kept).getexif()
    assert not {"comment", "icc_profile", "exif", "dpi"} & set(opened(kept).info)
    assert b"Lille" not in kept


@pytest.mark.parametrize("tail", [papers.zipped(), papers.zipped("META-INF/MANIFEST.MF"), papers.SECRET, papers.EICAR])
@pytest.mark.parametrize("head", [papers.jpeg(), papers.png(), papers.pdf()], ids=["jpeg", "png", "pdf"])
def test_what_hangs_behind_a_paper_is_cut_off(head: bytes, tail: bytes) -> None:
    kept = safe(head + tail)

    for part in (kept.evidence, *kept.pages):
        assert not is_zipfile(BytesIO(part))
        assert papers.SECRET not in part
        assert papers.EICAR not in part


def test_what_hides_between_the_parts_of_a_png_is_left_out() -> None:
    hiding = papers.with_chunk(papers.png(), b"tEXt", b"Comment\0" + papers.SECRET)
    hiding = papers.with_chunk(hiding, b"eViL", papers.zipped())

    kept = safe(hiding)

    assert papers.SECRET not in kept.evidence
    assert not is_zipfile(BytesIO(kept.evidence))


def test_a_document_is_shown_as_pictures_page_by_page() -> None:
    kept = safe(papers.pdf(3))

    assert (kept.media_type, kept.page_count) == (PDF, 3)
    assert [opened(page).format for page in kept.pages] == ["JPEG"] * 3
    assert [opened(page).size for page in kept.pages] == [(1653, 2339)] * 3  # A4 at 200 dots an inch
    assert all(opened(page).convert("L").getextrema()[0] < 60 for page in kept.pages)  # type: ignore[operator]


def test_a_kept_document_has_no_place_to_open_at() -> None:
    office = papers.document()
    place = pikepdf.Array([office.pages[0].obj, pikepdf.Name.XYZ, None, None, 0])

    kept = safe(papers.saved(office, {"/OpenAction": place}))

    assert "/OpenAction" not in pikepdf.open(BytesIO(kept.evidence)).Root


def test_what_is_kept_passes_again() -> None:
    for content in (papers.pdf(2), papers.png(), papers.jpeg(), papers.smallest_pdf()):
        kept = safe(content)

        assert safe(kept.evidence).page_count == kept.page_count


def test_what_is_filled_in_on_a_form_is_seen() -> None:
    page = opened(safe(papers.filled_in()).pages[0]).convert("L")
    scale = page.width / 595

    assert page.getpixel((int(150 * scale), int((842 - 325) * scale))) < 60  # type: ignore[operator]


def test_a_signed_document_is_kept_to_the_last_byte() -> None:
    signed = papers.signed()

    assert safe(signed).evidence == signed
    assert safe(signed + b"\n" + papers.SECRET).evidence != signed + b"\n" + papers.SECRET


@pytest.mark.parametrize("what", sorted(papers.acting()))
def test_what_could_act_is_refused(what: str) -> None:
    assert code(papers.acting()[what]) is Code.ACTIVE_CONTENT


@pytest.mark.parametrize(("user", "owner"), [("secret", "secret"), ("", "owner")])
def test_a_document_with_a_password_is_refused_even_where_none_is_asked_for(user: str, owner: str) -> None:
    assert code(papers.encrypted(user, owner)) is Code.PASSWORD


def test_twenty_pages_are_the_most() -> None:
    assert safe(papers.pdf(20)).page_count == 20
    assert code(papers.pdf(21)) is Code.TOO_MANY_PAGES
    assert code(papers.of_many_pages(100_000)) is Code.TOO_MANY_PAGES
    assert code(papers.of_one_page_told_often(100_000)) is Code.DAMAGED


@pytest.mark.parametrize(
    "content",
    [
        papers.empty_png(40_000, 40_000, rows=40_000), papers.empty_png(65_535, 65_535), papers.empty_png(65_535, 10, rows=10),
        papers.empty_png(8000, 5001), papers.empty_png(2**31 - 1, 2**31 - 1), papers.with_picture(40_000, 40_000),
    ],
    ids=["bomb", "65535", "65535-wide", "a-row-too-many", "largest", "in-a-document"],
)  # fmt: skip
def test_more_dots_than_forty_million_are_refused(content: bytes) -> None:
    assert len(content) < 400_000
    assert code(content) is Code.TOO_MANY_PIXELS


def test_forty_million_dots_are_taken_and_shown_smaller() -> None:
    kept = safe(papers.empty_png(8000, 5000, rows=5000))

    assert opened(kept.evidence).size == (8000, 5000)
    assert opened(kept.pages[0]).width * opened(kept.pages[0]).height <= 8_000_000


@pytest.mark.parametrize(
    "what",
    DAMAGED,
)
def test_a_part_of_a_file_is_damaged(what: str) -> None:
    assert code(DAMAGED[what]) is Code.DAMAGED


def test_a_large_photo_is_kept_within_ten_megabytes() -> None:
    noise = Image.frombytes("RGB", (1600, 1600), random.Random(SEED).randbytes(1600 * 1600 * 3))
    photo, drawing = BytesIO(), BytesIO()
    noise.resize((3600, 3600), Image.Resampling.NEAREST).save(photo, "JPEG", quality=80)
    noise.save(drawing, "PNG")

    assert len(safe(photo.getvalue()).evidence) <= 10 * 1024 * 1024
    assert safe(drawing.getvalue()).media_type == PNG


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_no_change_of_a_right_file_is_ever_an_exception(share: int) -> None:
    chance = random.Random(SEED + share)
    changed = [papers.mutated(chance.choice(RIGHT), chance) for _ in range(MUTATIONS // SHARES)]

    found = [made_safe(content, clamd="off") for content in changed]

    assert {type(one) for one in found} == {Safe, Refused}
    assert {one.code for one in found if isinstance(one, Refused)} <= {
        Code.TYPE, Code.DAMAGED, Code.ACTIVE_CONTENT, Code.PASSWORD, Code.TOO_MANY_PIXELS, Code.TOO_MANY_PAGES, Code.TOO_SLOW,
    }  # fmt: skip
