"""A mail server for the proof, on a socket: answers, cuts and silences as the dice fall, at every verb and inside the content.

It reads SMTP as far as the product speaks it, and takes nothing over that did not end with its final dot.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from tests.proof import faults
from tests.proof.faults import AT_CONNECT, AT_EHLO, GREYLISTED, OF_MAIL, Dice
from tests.proof.journal import Journal

ANSWERS = {
    faults.LATER: b"451 4.3.0 Later\r\n",
    faults.NEVER: b"554 5.7.1 Never\r\n",
    faults.CLOSING: b"421 4.3.2 Closing\r\n",
}
GOOD = {"connect": b"220 mail.test\r\n", "ehlo": b"250-mail.test\r\n250 8BITMIME\r\n", "data": b"354 Go on\r\n"}
FINAL_DOT = b"\r\n.\r\n"
MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*<([0-9a-f-]{36})@")
OFFSETS = {"first byte": 1, "in the header": 40, "half": 3000}
GREY_SHARE = 0.01
GREY_FOR = timedelta(minutes=5)


class Gone(Exception):
    """The line is dead."""


class MailProvider:
    """One server in a thread of its own."""

    def __init__(self, journal: Journal, dice: Dice, *, taken: Callable[[], None] = lambda: None) -> None:
        self.journal, self.dice, self.taken = journal, dice, taken
        self.greylisted: dict[bytes, datetime] = {}
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Hang up."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"smtp://127.0.0.1:{self.port}?starttls=never"

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.run_until_complete(asyncio.start_server(self._line, "127.0.0.1", 0, limit=2**20))
        self.port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        listening.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(Gone, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _Dialogue(self, reader, writer).run()
        writer.transport.abort()


class _Dialogue:
    """One connection."""

    def __init__(self, server: MailProvider, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.fault: str | None = None  # of the mail that is under way

    async def run(self) -> None:
        """From the greeting to the end."""
        await self._answer("connect", self.server.dice.fault(AT_CONNECT, at="connections"))
        while line := await self.reader.readline():
            verb = line[:4].upper().strip().decode("ascii")
            match verb:
                case "EHLO" | "HELO":
                    await self._answer("ehlo", self.server.dice.fault(AT_EHLO, at="greetings"))
                case "MAIL":
                    self.fault = self.server.dice.fault(OF_MAIL, at="mails")
                    await self._answer("mail", self.fault)
                case "RCPT":
                    await self._recipient(line)
                case "DATA":
                    if await self._answer("data", self.fault):
                        await self._content()
                case "QUIT":
                    return
                case _:
                    await self._say(b"250 OK\r\n")

    async def _recipient(self, line: bytes) -> None:
        if self._is_greylisted(line):
            await self._say(b"450 4.7.1 Greylisted, come back later\r\n")
        else:
            await self._answer("rcpt", self.fault)

    def _is_greylisted(self, line: bytes) -> bool:
        """Whether this recipient has to come back later: asked once, at the first mail to it."""
        dice, now = self.server.dice, self.server.journal.now.at
        if line not in self.server.greylisted:
            grey = self.fault is None and dice.chance(GREY_SHARE)
            if grey:
                dice.note(GREYLISTED)
            self.server.greylisted[line] = now + GREY_FOR if grey else now
        return bool(dice.share) and now < self.server.greylisted[line]

    async def _content(self) -> None:
        offset = (self.fault or "").removeprefix("content cut: ") if (self.fault or "").startswith("content") else None
        if offset is not None:
            await self._cut_at(offset)
        content = await self.reader.readuntil(FINAL_DOT)
        content = content[: -len(b".\r\n")].replace(b"\r\n..", b"\r\n.")
        held = self.fault in faults.MAIL_HELD or self._way("dot") in (None, faults.CUT_AFTER)
        if held:
            found = MESSAGE_ID.search(content)
            assert found is not None, "a mail without our Message-ID"
            self.server.journal.take(found[1].decode(), content, fault=self.fault)
            self.server.taken()
        if self.fault == f"dot: {faults.TAKEN_SILENT}":
            await asyncio.Event().wait()
        if self.fault == f"dot: {faults.TAKEN_CUT}":
            raise Gone
        await self._answer("dot", self.fault)
        self.fault = None

    async def _cut_at(self, offset: str) -> None:
        """Read so far, then no farther: the content never ends."""
        ends = {"before the last line": b"--\r\n", "inside the final dot": FINAL_DOT[:-1]}
        if offset in ends:
            read = await self.reader.readuntil(ends[offset])
        else:
            read = await self.reader.readexactly(OFFSETS[offset])
        assert read
        raise Gone

    def _way(self, verb: str) -> str | None:
        """What goes wrong at this verb."""
        where, _, way = (self.fault or "").partition(": ")
        return way if where == verb else None

    async def _answer(self, verb: str, fault: str | None) -> bool:
        """Answer as the dice fell; whether it was a yes."""
        where, _, way = (fault or "").partition(": ")
        way = way if where == verb else ""
        if way == faults.SILENT:
            await asyncio.Event().wait()
        if way == faults.CUT_BEFORE:
            raise Gone
        await self._say(ANSWERS.get(way, GOOD.get(verb, b"250 2.0.0 OK\r\n")))
        if way in (faults.CUT_AFTER, faults.CLOSING):
            await asyncio.sleep(0)
            raise Gone
        return way not in ANSWERS

    async def _say(self, line: bytes) -> None:
        self.writer.write(line)
        await self.writer.drain()
