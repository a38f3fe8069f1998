"""Makes the pictures of `speclens mock` that a request asks for in the OpenAI style.

The name of a picture, such as `1024x1024-3f2a09c4.png`, describes all of it. So the mock stores nothing, and a URL is still
valid after a restart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

SIDES = range(16, 4097)
COUNTS = range(1, 11)
_FORMATS = {"png": "png", "jpeg": "jpeg", "jpg": "jpeg", "webp": "webp"}
_NAME = re.compile(
    r"([1-9]\d{1,3})x([1-9]\d{1,3})-([0-9a-f]{8})(-clear)?(?:-q(\d|[1-9]\d|100))?\.(png|jpeg|webp)",
    re.ASCII,
)


class Unfit(ValueError):
    """The mock cannot make the picture that a request asks for; `param` is the member at fault."""

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.param = param


@dataclass(frozen=True, slots=True)
class Picture:
    """The description of a picture. `quality` applies to JPEG and WebP."""

    width: int
    height: int
    seed: str
    is_clear: bool
    quality: int
    kind: str

    @property
    def size(self) -> str:
        """The size in the notation of requests."""
        return f"{self.width}x{self.height}"

    @property
    def name(self) -> str:
        """The name that `named` reads."""
        clear = "-clear" if self.is_clear else ""
        quality = f"-q{self.quality}" if self.kind != "png" else ""
        return f"{self.size}-{self.seed}{clear}{quality}.{self.kind}"

    def content(self) -> bytes:
        """The bytes of the picture: soft colours that depend on the seed, and its name."""
        from PIL import Image, ImageDraw

        size, grid = (self.width, self.height), (4, 4)
        colours = b"".join(sha256(self.seed.encode() + bytes([row])).digest() for row in range(2))
        small = Image.frombytes("RGB", grid, colours[: 3 * grid[0] * grid[1]])
        image = small.resize(size, Image.Resampling.BICUBIC)
        ImageDraw.Draw(image).text((self.width // 2 - 60, self.height // 2), self.name)
        if self.is_clear:
            alpha = Image.new("L", size, 0)
            ImageDraw.Draw(alpha).ellipse((0, 0, self.width - 1, self.height - 1), 255)
            image.putalpha(alpha)
        written = BytesIO()
        options = {"compress_level": 1} if self.kind == "png" else {"quality": self.quality}
        options |= {"method": 0} if self.kind == "webp" else {}
        image.save(written, self.kind.upper(), **options)
        return written.getvalue()


def named(name: str) -> Picture | None:
    """The picture that a name describes, or None."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    width, height, seed, clear, quality, kind = found.groups()
    picture = Picture(int(width), int(height), seed, clear is not None, int(quality or 90), kind)
    fits = picture.width in SIDES and picture.height in SIDES
    return picture if fits and picture.name == name else None


def asked(request: Mapping[str, Any]) -> tuple[Picture, ...]:
    """The pictures that a request asks for. The same request gives the same pictures. Raises Unfit."""
    width, height = _size(request.get("size"))
    kind = str(request.get("output_format") or "png")
    if kind not in _FORMATS:
        raise Unfit("output_format", f"The mock makes {', '.join(_FORMATS)}.")
    is_clear = request.get("background") == "transparent"
    if is_clear and _FORMATS[kind] == "jpeg":
        raise Unfit("background", "A JPEG has no transparent background.")
    count = request.get("n") or 1
    if count not in COUNTS:
        raise Unfit("n", f"The mock makes at most {COUNTS[-1]} pictures at once.")
    quality = request.get("output_compression", 90)
    if quality not in range(101):
        raise Unfit("output_compression", "Not a number from 0 to 100.")
    seeds = [sha256(f"{index} {request}".encode()).hexdigest()[:8] for index in range(int(count))]
    return tuple(
        Picture(width, height, seed, is_clear, int(quality), _FORMATS[kind]) for seed in seeds
    )


def _size(size: Any) -> tuple[int, int]:
    if size in (None, "auto"):
        return 1024, 1024
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", str(size), re.ASCII)
    sides = [int(side) for side in found.groups()] if found else []
    if not sides or not all(side in SIDES for side in sides):
        least, most = SIDES[0], SIDES[-1]
        raise Unfit("size", f"Not a size such as 1024x1024, of {least} to {most} pixels a side.")
    return sides[0], sides[1]
