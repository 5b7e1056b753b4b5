"""Inline SVG as tests read it: points and texts of a picture, whether one leaves it, and what the policy of the site refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from bisdesk.describe.drawing import width_of

ASSETS = Path(__file__).parents[2] / "bisdesk" / "web" / "assets"
SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
STEP = re.compile(r"([MLHVCZA])([^MLHVCZA]*)")
SLACK = 0.51  # half of a line of one pixel
SIZES = {"diagram__name": 15, "diagram__pill-text": 13, "diagram__how": 13, "diagram__legend": 13, "chart__number": 13}
USUAL = 14


@dataclass(frozen=True)
class Drawn:
    """One picture."""

    root: ElementTree.Element

    @classmethod
    def of(cls, markup: str) -> Drawn:
        """The picture inside its frame. Raises: ParseError for what is no XML."""
        found = ElementTree.fromstring(markup).find(f"{SVG}svg")
        assert found is not None
        return cls(found)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the view."""
        _, _, width, height = map(float, self.root.get("viewBox", "").split())
        return width, height

    def all(self, name: str) -> list[ElementTree.Element]:
        """Every element of this name, heads of arrows and hatching left out."""
        return [one for one in _visible(self.root) if one.tag == f"{SVG}{name}"]

    def marked(self, looks: str) -> list[ElementTree.Element]:
        """Every visible element with this class."""
        return [one for one in _visible(self.root) if looks in one.get("class", "").split()]

    @property
    def words(self) -> list[str]:
        """What can be read in it, cut as it is; titles left out."""
        return [one.text or "".join(child.tail or "" for child in one) for one in self.all("text")]

    @property
    def outside(self) -> list[str]:
        """What leaves the view."""
        width, height = self.size
        return [
            f"{ElementTree.tostring(one, encoding='unicode')[:160]} at {x:.1f}, {y:.1f}"
            for one in _visible(self.root)
            for x, y in _points(one)
            if not (-SLACK <= x <= width + SLACK and -SLACK <= y <= height + SLACK)
        ]

    @property
    def refused(self) -> list[str]:
        """What a policy without inline styles and scripts refuses, or asks for from elsewhere."""
        return [
            f"{one.tag} {key}"
            for one in self.root.iter()
            for key, value in [*one.attrib.items(), ("", "")]
            if one.tag in {f"{SVG}style", f"{SVG}script", f"{SVG}image", f"{SVG}use", f"{SVG}foreignObject"}
            or key == "style"
            or key.startswith("on")
            or "href" in key
            or ("url(" in value and "url(#" not in value)
        ]

    @property
    def unstyled(self) -> set[str]:
        """Classes that no style sheet of ours names, and that no attribute stands in for."""
        named = {name for one in self.root.iter() for name in one.get("class", "").split()}
        return named - styled()

    @property
    def dangling(self) -> set[str]:
        """References to ids that are not there."""
        text = ElementTree.tostring(self.root, encoding="unicode")
        ids = [one.get("id") for one in self.root.iter() if one.get("id")]
        assert len(ids) == len(set(ids))
        asked = set(re.findall(r"url\(#([^)]+)\)", text))
        asked |= {self.root.get("aria-labelledby", ""), self.root.get("aria-describedby", "")}
        return asked - set(ids)


@cache
def styled() -> frozenset[str]:
    """Every class of both style sheets."""
    sheets = (ASSETS / name for name in ("_diagram.scss", "_charts.scss"))
    return frozenset(name for sheet in sheets for name in re.findall(r"\.((?:diagram|chart)[\w-]*)", sheet.read_text()))


def colours(sheet: str) -> dict[str, str]:
    """The colours that a style sheet names, as they are without forced colours."""
    text = (ASSETS / sheet).read_text().split("@media (forced-colors")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours after WCAG 2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _visible(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in root:
        if child.tag != f"{SVG}defs":
            yield child
            yield from _visible(child)


def _points(one: ElementTree.Element) -> list[tuple[float, float]]:
    """The corners of whatever the element draws."""
    name = one.tag.removeprefix(SVG)
    if name == "rect":
        x, y, width, height = (float(one.get(key, 0)) for key in ("x", "y", "width", "height"))
        return [(x, y), (x + width, y + height)]
    if name == "circle":
        x, y, radius = (float(one.get(key, 0)) for key in ("cx", "cy", "r"))
        return [(x - radius, y - radius), (x + radius, y + radius)]
    if name == "text":
        return corners(one)
    if name == "path" and not one.get("transform"):
        return list(_path(one.get("d", "")))
    return []


def corners(one: ElementTree.Element) -> list[tuple[float, float]]:
    """The left upper and the right lower corner of a text, about."""
    size = next((SIZES[name] for name in one.get("class", "").split() if name in SIZES), USUAL)
    words = one.text or "".join(child.tail or "" for child in one)
    wide, x, y = width_of(words, size), float(one.get("x", 0)), float(one.get("y", 0))
    left = x - wide * {"middle": 0.5, "end": 1.0}.get(one.get("text-anchor", ""), 0.0)
    return [(left, y - size * 0.75), (left + wide, y + size * 0.22)]


def _path(d: str) -> Iterator[tuple[float, float]]:
    x = y = 0.0
    for letter, rest in STEP.findall(d):
        numbers = [float(number) for number in NUMBER.findall(rest)]
        if letter == "H":
            x = numbers[0]
        elif letter == "V":
            y = numbers[0]
        for place in range(0, len(numbers) - 1, 2) if letter in "MLC" else ():
            x, y = numbers[place], numbers[place + 1]
            yield x, y
        yield x, y
