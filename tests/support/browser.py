"""Takes pictures of pages with the Chromium of the system, spoken to over its debugging pipe: no driver, no package."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking",
    "--no-first-run", "--force-color-profile=srgb", "--font-render-hinting=none", "--remote-debugging-pipe",
)  # fmt: skip


def found() -> str | None:
    """The browser of this machine, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Browser:
    """One page of a running browser."""

    to: int
    back: int
    session: str = ""
    _last: int = 0
    _rest: bytes = field(default=b"", repr=False)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command and its answer. Raises: RuntimeError."""
        self._last += 1
        asked = {"id": self._last, "method": method, "params": params}
        os.write(self.to, json.dumps(asked | ({"sessionId": self.session} if self.session else {})).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def picture(self, page: Path, *, width: int, dark: bool = False, form: str = "png", **more: Any) -> bytes:
        """The whole page as a picture of this width, as high as it is."""
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=100, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url=page.resolve().as_uri())
        self._until("Page.loadEventFired")
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1}
        shot = self.call("Page.captureScreenshot", format=form, clip=clip, captureBeyondViewport=True, **more)
        return base64.b64decode(shot["data"])

    def _until(self, event: str) -> None:
        while self._next().get("method") != event:
            pass

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self.back, 1 << 16)
            if not more:
                raise RuntimeError("the browser ended")
            self._rest += more
        one, self._rest = self._rest.split(b"\0", 1)
        read: dict[str, Any] = json.loads(one)
        return read


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """A browser with an empty profile of its own, ended afterwards."""
    its_end, to = os.pipe()
    back, its_beginning = os.pipe()
    with tempfile.TemporaryDirectory(prefix="bisdesk-browser-") as profile:
        line = f'exec "$0" "$@" 3<&{its_end} 4>&{its_beginning}'
        command = ["sh", "-c", line, program, *QUIET, f"--user-data-dir={profile}", "about:blank"]
        running = subprocess.Popen(command, pass_fds=(its_end, its_beginning), stderr=subprocess.DEVNULL)
        os.close(its_end)
        os.close(its_beginning)
        try:
            yield _attached(Browser(to, back))
        finally:
            running.terminate()
            running.wait(10)
            os.close(to)
            os.close(back)


def _attached(one: Browser) -> Browser:
    targets = one.call("Target.getTargets")["targetInfos"]
    page = next(target for target in targets if target["type"] == "page")
    one.session = one.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
    one.call("Page.enable")
    return one
