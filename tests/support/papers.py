"""Builds papers for the tests, right ones and vicious ones: pictures, documents, and what pretends to be either."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageDraw

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
SECRET = b"<script>alert(1)</script>"


def picture(size: tuple[int, int] = (320, 200), mode: str = "RGB") -> Image.Image:
    """An invented card, with a dark corner at the top left by which one sees how it stands."""
    card = Image.new("RGB", size, "#e8eef7")
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, size[0] // 4, size[1] // 4), fill="#10204a")
    pen.text((size[0] // 3, size[1] // 2), "SPECIMEN", fill="black")
    return card.convert(mode)


def png(size: tuple[int, int] = (320, 200), mode: str = "RGB", **more: object) -> bytes:
    """A right PNG."""
    return _saved(picture(size, mode), "PNG", **more)


def jpeg(size: tuple[int, int] = (320, 200), mode: str = "RGB", *, turned: int = 1, **more: object) -> bytes:
    """A right JPEG, as a camera writes it: which way is up stands in its notes, with the place of the picture."""
    notes = Image.Exif()
    notes[0x0112], notes[0x010F] = turned, "A camera of Lille"
    return _saved(picture(size, mode), "JPEG", exif=notes, quality=90, **more)


def other(kind: str) -> bytes:
    """A picture of a type that is not taken, as the library writes it."""
    return _saved(picture((32, 32)), kind)


def heic() -> bytes:
    """The first box of a photo of a telephone."""
    return struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(200)


def empty_png(width: int, height: int, *, rows: int = 0) -> bytes:
    """A PNG that says how large it is, with so many rows of it, white and packed to almost nothing."""
    machine = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    packed = b"".join(machine.compress(row) for _ in range(rows)) + machine.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_chunk(content: bytes, name: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk behind its head."""
    return content[:33] + chunk(name, body) + content[33:]


def chunk(name: bytes, body: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def zipped(name: str = "evil.txt") -> bytes:
    """A small archive."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, SECRET.decode())
    return out.getvalue()


def pdf(pages: int = 1, *, size: tuple[float, float] = (595, 842), root: dict[str, object] | None = None) -> bytes:
    """A right document, with more in its root where that is asked for."""
    return saved(document(pages, size=size), root)


def document(pages: int = 1, *, size: tuple[float, float] = (595, 842)) -> Pdf:
    """A right document, to be spoiled."""
    made = Pdf.new()
    for number in range(pages):
        made.add_blank_page(page_size=size)
        written = f"BT /F1 24 Tf 72 {size[1] - 100} Td (Page {number + 1} of a declaration) Tj ET".encode()
        page = made.pages[-1]
        page.Contents = made.make_stream(written)
        page.Resources = Dictionary(
            Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        )
    return made


def saved(made: Pdf, root: dict[str, object] | None = None, **more: object) -> bytes:
    """The bytes of a document."""
    for key, value in (root or {}).items():
        made.Root[key] = value
    out = BytesIO()
    made.save(out, **more)  # type: ignore[arg-type]
    return out.getvalue()


def script() -> Dictionary:
    """An action that runs a program."""
    return Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def acting() -> dict[str, bytes]:
    """Documents that could act, by what they hold."""
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))
    return {
        "javascript as it opens": pdf(root={"/OpenAction": script()}),
        "javascript by name": pdf(root={"/Names": Dictionary(JavaScript=Dictionary(Names=Array(["x", script()])))}),
        "launch on a link": _with_annotation(link, A=Dictionary(S=Name.Launch, F="cmd.exe")),
        "a next action": pdf(root={"/OpenAction": Dictionary(S=Name.GoTo, Next=script())}),
        "an action of a page": _with_page_key("/AA", Dictionary(O=script())),
        "a form that sends itself": _with_annotation(link, A=Dictionary(S=Name.SubmitForm, F="http://a.example")),
        "an embedded file": _embedding(),
        "a form of XFA": pdf(root={"/AcroForm": Dictionary(XFA=Array([]), Fields=Array([]))}),
        "an action that no page leads to": _with_stray(script()),
        "a sound": _with_annotation(link, A=Dictionary(S=Name.Sound)),
    }


def encrypted(user: str = "", owner: str = "owner") -> bytes:
    """A document with a password, or only with rights that need one."""
    return saved(document(), encryption=pikepdf.Encryption(user=user, owner=owner, R=6))


def of_many_pages(count: int) -> bytes:
    """A document of so many pages, in as few bytes as they take."""
    kids = " ".join(f"{number} 0 R" for number in range(3, count + 3))
    page = "{} 0 obj<</Type/Page/Parent 2 0 R>>endobj"
    return with_table(
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
        f"2 0 obj<</Type/Pages/MediaBox[0 0 9 9]/Resources<<>>/Count {count}/Kids[{kids}]>>endobj",
        *(page.format(number) for number in range(3, count + 3)),
    )


def of_one_page_told_often(count: int) -> bytes:
    """A document whose one page is told so many times."""
    kids = " ".join(["3 0 R"] * count)
    return written(
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
        f"2 0 obj<</Type/Pages/Count {count}/Kids[{kids}]>>endobj",
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj",
    )


def deflate_bomb(megabytes: int) -> bytes:
    """A document whose one page unpacks to so many megabytes of blanks."""
    made = document()
    machine = zlib.compressobj(9)
    blanks = b" " * 1024 * 1024
    packed = b"".join(machine.compress(blanks) for _ in range(megabytes)) + machine.flush()
    made.pages[0].Contents = Stream(made, packed, Filter=Name.FlateDecode)
    return saved(made, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def nested_bomb(levels: int = 9) -> bytes:
    """A page that draws a form ten times, that draws a form ten times, and so on."""
    made = document()
    form = made.make_stream(b"0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 595, 842]))
    for _ in range(levels):
        form = made.make_stream(
            b"/X Do " * 10, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 595, 842]),
            Resources=Dictionary(XObject=Dictionary(X=form)),
        )  # fmt: skip
    made.pages[0].Contents = made.make_stream(b"/X Do")
    made.pages[0].Resources = Dictionary(XObject=Dictionary(X=form))
    return saved(made)


def with_picture(width: int, height: int) -> bytes:
    """A document with a picture that says how large it is."""
    made = document()
    drawn = made.make_stream(
        zlib.compress(b""), Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height,
        ColorSpace=Name.DeviceGray, BitsPerComponent=8, Filter=Name.FlateDecode,
    )  # fmt: skip
    made.pages[0].Resources = Dictionary(XObject=Dictionary(I=drawn))
    return saved(made, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def deep(levels: int) -> bytes:
    """A document with lists in lists."""
    return written(
        "1 0 obj<</Type/Catalog/Pages 2 0 R/Deep " + "[" * levels + "]" * levels + ">>endobj",
        "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj",
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj",
    )


def filled_in() -> bytes:
    """A form with a name typed into its one field, whose look is a black box."""
    made = document()
    look = made.make_stream(b"0 g 0 0 200 50 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 200, 50]))
    field = made.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="name", V="Anna", F=4, Rect=Array([100, 300, 300, 350]),
            AP=Dictionary(N=look), P=made.pages[0].obj,
        )
    )  # fmt: skip
    made.pages[0].Annots = Array([field])
    return saved(made, {"/AcroForm": Dictionary(Fields=Array([field]))})


def signed() -> bytes:
    """A document with the form of a digital signature over it, to its last byte."""
    made = document()
    made.Root["/Perms"] = made.make_indirect(
        Dictionary(Type=Name.Sig, Contents=bytes(16), ByteRange=Array([0, 100, 200, 1_000_000_000]))
    )
    content = saved(made, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return content.replace(b"1000000000", str(len(content) - 200).encode().rjust(10))


def written(*objects: str) -> bytes:
    """A document as a person types it: no table of its objects, which every reader makes up for."""
    return ("%PDF-1.4\n" + "\n".join(objects) + "\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n").encode()


def with_table(*objects: str) -> bytes:
    """A document as a program writes it, with the table that says where its objects, numbered from 1, begin."""
    body, places = "%PDF-1.4\n", list[int]()
    at = len(body)
    for one in objects:
        places.append(at)
        at += len(one) + 1
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    lines = "".join(f"{one}\n" for one in objects)
    end = f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{at}\n%%EOF\n"
    return f"{body}{lines}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode()


def smallest_pdf() -> bytes:
    """The least that is a document."""
    return written(
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
        "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj",
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj",
    )


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The same file with something changed: bits, a piece cut out, doubled, or filled with one byte."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(changed))
        length = chance.choice((1, 1, 4, 40, 400))
        piece = changed[start : start + length]
        flipped = bytes(byte ^ 1 << chance.randrange(8) for byte in piece)
        filled = bytes([chance.randrange(256)]) * len(piece)
        changed[start : start + length] = chance.choice((b"", bytes(piece) * 2, filled, flipped))
        if not changed:
            return b"\0"
    return bytes(changed)


def _with_annotation(link: Dictionary, **more: object) -> bytes:
    made = document()
    made.pages[0].Annots = Array(
        [Dictionary({**dict(link.items()), **{f"/{key}": value for key, value in more.items()}})]
    )
    return saved(made)


def _with_page_key(key: str, value: object) -> bytes:
    made = document()
    made.pages[0].obj[key] = value
    return saved(made)


def _with_stray(action: Dictionary) -> bytes:
    made = document()
    written_out = saved(
        made, {"/Stray": made.make_indirect(action)}, object_stream_mode=pikepdf.ObjectStreamMode.disable
    )
    return written_out.replace(b"/Stray", b"/Empty").replace(b"/Empty 3 0 R", b"/Empty null ")


def _embedding() -> bytes:
    made = document()
    made.attachments["evil.txt"] = pikepdf.AttachedFileSpec(made, SECRET, filename="evil.txt")
    return saved(made)


def _saved(made: Image.Image, kind: str, **more: object) -> bytes:
    out = BytesIO()
    made.save(out, kind, **more)
    return out.getvalue()
