"""The child that opens one strange file: limits first, then the libraries, then every door is shut, then the file.

It runs as a program of its own: the media type and the limits as words, the file on stdin, the answer on stdout.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from bisdesk.papers.confinement import limited, shut_in
from bisdesk.papers.verdict import PDF, Code, Limits, Safe


def main(media: str, limits: Limits) -> bytes:
    """The answer to the file on stdin."""
    limited(limits)
    read = _reader(media)
    shut_in()
    try:
        return _answer(read(sys.stdin.buffer.read(), media, limits))
    except MemoryError:
        return _answer(Code.TOO_SLOW)
    except Exception:  # noqa: BLE001  # whatever a library stumbles over, the file is what is wrong
        return _answer(Code.DAMAGED)


def _reader(media: str) -> Callable[[bytes, str, Limits], Safe | Code]:
    """A picture needs no library for documents, and no time to load it."""
    if media == PDF:
        from bisdesk.papers import documents

        return documents.read
    from bisdesk.papers import pictures

    return pictures.read


def _answer(found: Safe | Code) -> bytes:
    if isinstance(found, Code):
        return f"refused {found}\n".encode()
    parts = (found.evidence, *found.pages)
    return f"safe {found.media_type} {' '.join(str(len(part)) for part in parts)}\n".encode() + b"".join(parts)


if __name__ == "__main__":
    sys.stdout.buffer.write(main(sys.argv[1], Limits(**json.loads(sys.argv[2]))))
