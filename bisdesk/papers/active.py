"""Finds in a PDF what could act or hide: programs, actions, files within, forms of XFA, and what swells when unpacked.

Every object of the file is looked at, whether or not a page leads to it. It runs in the child only.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Object, Stream

from bisdesk.papers.pictures import too_large
from bisdesk.papers.verdict import Code, Limits

KEYS = {"/JS", "/JavaScript", "/AA", "/XFA", "/EF", "/EmbeddedFiles", "/RichMediaContent", "/RichMediaSettings"}
ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound", "/GoToE", "/GoToR",
    "/RichMediaExecute", "/Trans", "/GoTo3DView",
}  # fmt: skip
KINDS = {"/EmbeddedFile", "/FileAttachment", "/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"}
SLICE = 1024 * 1024  # bytes that are unpacked at once


def harm(pdf: pikepdf.Pdf, limits: Limits) -> Code | None:
    """Why a document is refused, judged by everything that it holds."""
    if len(pdf.objects) > limits.objects:
        return Code.TOO_SLOW
    if _opens_with_an_action(pdf.Root.get("/OpenAction")):
        return Code.ACTIVE_CONTENT
    unpacked = 0
    for item in pdf.objects:
        for part in _parts(item):
            if _acts(part):
                return Code.ACTIVE_CONTENT
        if isinstance(item, Stream):
            if _picture_too_large(item, limits):
                return Code.TOO_MANY_PIXELS
            unpacked += _swells_to(item, limits.unpacked - unpacked)
            if unpacked > limits.unpacked:
                return Code.TOO_SLOW
    return None


def signed_to_the_end(pdf: pikepdf.Pdf, size: int) -> bool:
    """Whether a digital signature covers the file to its last byte: writing it anew would break the signature."""
    return any(
        _reaches(part.get("/ByteRange"), size)
        for item in pdf.objects
        for part in _parts(item)
        if "/ByteRange" in part and "/Contents" in part
    )


def _opens_with_an_action(action: object) -> bool:
    """Office programs name the page at which a document opens, and that is no harm; any other action is."""
    return isinstance(action, Dictionary) and (str(action.get("/S")) != "/GoTo" or "/Next" in action)


def _parts(item: Object) -> Iterator[Object]:
    """An object and what is written inside it; what it only points to comes by itself."""
    waiting = [item]
    while waiting:
        part = waiting.pop()
        inner: list[object] = []
        if isinstance(part, (Dictionary, Stream)):
            yield part
            inner = [part.get(key) for key in part.keys()]  # noqa: SIM118  # an object of qpdf, not a dict
        elif isinstance(part, Array):
            inner = list(part)
        waiting += [one for one in inner if isinstance(one, Object) and not one.is_indirect]


def _acts(part: Object) -> bool:
    keys = set(part.keys())
    if keys & KEYS:
        return True
    named = {name: str(part.get(name)) for name in ("/S", "/Type", "/Subtype") if name in keys}
    return named.get("/S") in ACTIONS or bool(KINDS & {named.get("/Type"), named.get("/Subtype")})


def _picture_too_large(stream: Stream, limits: Limits) -> bool:
    if str(stream.get("/Subtype")) != "/Image":
        return False
    return too_large((int(stream.get("/Width", 0)), int(stream.get("/Height", 0))), limits)


def _swells_to(stream: Stream, most: int) -> int:
    """Bytes of a stream when it is unpacked, counted no further than a little over the most; packed twice is too much."""
    filters = stream.get("/Filter")
    names = [str(one) for one in filters] if isinstance(filters, Array) else [str(filters)]
    packed = sum(name in ("/FlateDecode", "/Fl") for name in names)
    raw = stream.read_raw_bytes()
    if packed != 1 or names[0] not in ("/FlateDecode", "/Fl"):
        return len(raw) if packed < 2 else most + 1
    return _inflated(raw, most)


def _inflated(raw: bytes, most: int) -> int:
    machine, size = zlib.decompressobj(), 0
    try:
        while raw and size <= most:
            size += len(machine.decompress(raw, SLICE))
            raw = machine.unconsumed_tail
    except zlib.error:  # readers take what came before the fault, and so do we
        pass
    return size


def _reaches(span: object, size: int) -> bool:
    return isinstance(span, Array) and len(span) == 4 and int(span[0]) == 0 and int(span[2]) + int(span[3]) == size
