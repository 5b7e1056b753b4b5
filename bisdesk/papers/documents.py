"""Opens a PDF, refuses what could act, writes it anew without what lay around it, and paints its pages.

It runs in the child only.
"""

from __future__ import annotations

from io import BytesIO
from zipfile import is_zipfile

import pikepdf
import pypdfium2
from pikepdf import settings

from bisdesk.papers.active import harm, signed_to_the_end
from bisdesk.papers.pictures import shown
from bisdesk.papers.verdict import PDF, Code, Limits, Safe

DEEPEST, MOST_FILTERS, MOST_WARNINGS, MOST_MEMBERS = 100, 4, 1000, 200_000
LONGEST_SIDE = 6000  # pixels of a page as it is shown
POINTS = 72  # an inch


def read(content: bytes, media: str, limits: Limits) -> Safe | Code:
    """A document as it may be kept and shown. Raises: whatever a broken file brings the libraries to."""
    settings.set_qpdf_limits(
        parser_max_nesting=DEEPEST, max_stream_filters=MOST_FILTERS, doc_max_warnings=MOST_WARNINGS,
        parser_max_container_size=MOST_MEMBERS, flate_max_memory=limits.unpacked,
    )  # fmt: skip
    try:
        pdf = pikepdf.open(BytesIO(content), inherit_page_attributes=False)
    except pikepdf.PasswordError:
        return Code.PASSWORD
    except RuntimeError:  # to try a password it wants random numbers, and there is no device for them in here
        return Code.PASSWORD if b"/Encrypt" in content else Code.DAMAGED
    wrong = Code.PASSWORD if pdf.is_encrypted else _miscounted(pdf, limits) or harm(pdf, limits)
    if wrong:
        return wrong
    evidence = content if signed_to_the_end(pdf, len(content)) else _anew(pdf)
    if len(evidence) > limits.size:
        return Code.TOO_LARGE
    if is_zipfile(BytesIO(evidence)):
        return Code.ACTIVE_CONTENT
    pages = _painted(evidence, limits)
    return Safe(PDF, evidence, pages) if len(pages) == len(pdf.pages) else Code.DAMAGED


def _miscounted(pdf: pikepdf.Pdf, limits: Limits) -> Code | None:
    """A tree of a hundred thousand pages is not walked to be refused; pages that are lost must not go unseen."""
    told = int(pdf.Root.Pages.Count)
    if told > limits.pages or len(pdf.pages) > limits.pages:
        return Code.TOO_MANY_PAGES
    return None if len(pdf.pages) == told > 0 else Code.DAMAGED


def _anew(pdf: pikepdf.Pdf) -> bytes:
    """The same document without what no page leads to, and without what stood before and behind it; no stream is unpacked."""
    if "/OpenAction" in pdf.Root:
        del pdf.Root.OpenAction  # by now only the place at which it opens
    out = BytesIO()
    pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, deterministic_id=True)
    return out.getvalue()


def _painted(evidence: bytes, limits: Limits) -> tuple[bytes, ...]:
    document = pypdfium2.PdfDocument(evidence)
    document.init_forms()  # what is filled in on a form belongs to the page
    return tuple(_page(document, number, limits) for number in range(min(len(document), limits.pages)))


def _page(document: pypdfium2.PdfDocument, number: int, limits: Limits) -> bytes:
    page = document[number]
    width, height = page.get_size()
    most = (limits.shown_pixels / max(width * height, 1)) ** 0.5
    scale = min(limits.dpi / POINTS, most, LONGEST_SIDE / max(width, height, 1))
    bitmap = page.render(scale=scale, may_draw_forms=True)
    return shown(bitmap.to_pil().convert("RGB"), limits)
