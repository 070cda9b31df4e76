"""Moving pictures: screenshots put together to an APNG, which browsers and README pages play; others show its first frame.

Each frame after the first is only the rectangle that changed. The browser that took the pictures finds and encodes it, so that
nothing here knows more of PNG than its chunks (PNG specification, third edition: "APNG: frame-based animation").
"""

import base64
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Page

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
CHANGED: Final = """
async ([before, after]) => {
  const load = async (data) => createImageBitmap(await (await fetch("data:image/png;base64," + data)).blob());
  const draw = (image, x, y, width, height) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { alpha: false });
    context.drawImage(image, -x, -y);
    return [canvas, context];
  };
  const image = await load(after);
  const { width, height } = image;
  let [left, top, right, bottom] = [0, 0, width, height];
  if (before !== null) {
    const pixels = (one) => draw(one, 0, 0, width, height)[1].getImageData(0, 0, width, height);
    const words = async (one) => new Uint32Array(pixels(one).data.buffer);
    const [old, now] = [await words(await load(before)), await words(image)];
    [left, top, right, bottom] = [width, height, 0, 0];
    for (let at = 0; at < now.length; at += 1) {
      if (old[at] === now[at]) continue;
      const [x, y] = [at % width, Math.floor(at / width)];
      [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
    if (right === 0) return null;
  }
  const [canvas] = draw(image, left, top, right - left, bottom - top);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  return { x: left, y: top, png: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
}
"""


@dataclass(frozen=True, slots=True)
class Shot:
    """A screenshot and how long it is shown."""

    png: bytes
    seconds: float


@dataclass(slots=True)
class _Frame:
    x: int
    y: int
    png: bytes
    seconds: float


async def moving_picture(shots: Sequence[Shot], page: Page) -> bytes:
    """The shots as one APNG that plays for ever; `page` is a blank one, whose browser cuts and encodes."""
    frames: list[_Frame] = []
    before = None
    for shot in shots:
        now = base64.b64encode(shot.png).decode()
        changed = await page.evaluate(CHANGED, [before, now])
        if changed is None:
            frames[-1].seconds += shot.seconds
        else:
            frames.append(_Frame(changed["x"], changed["y"], base64.b64decode(changed["png"]), shot.seconds))
        before = now
    return _joined(frames)


def _joined(frames: Sequence[_Frame]) -> bytes:
    """The frames one after another, the first of them as the picture that is shown where nothing moves."""
    out = bytearray(SIGNATURE)
    head = next(body for kind, body in _chunks(frames[0].png) if kind == b"IHDR")
    out += _chunk(b"IHDR", head) + _chunk(b"acTL", struct.pack(">II", len(frames), 0))
    number = 0
    for index, frame in enumerate(frames):
        width, height, shape = *struct.unpack(">II", _header(frame.png)[:8]), _header(frame.png)[8:]
        if shape != head[8:]:
            raise ValueError("the browser encoded frames of different kinds")
        milliseconds = round(frame.seconds * 1000)
        out += _chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, width, height, frame.x, frame.y, milliseconds, 1000, 0, 0))
        number += 1
        for body in (body for kind, body in _chunks(frame.png) if kind == b"IDAT"):
            if index == 0:
                out += _chunk(b"IDAT", body)
            else:
                out += _chunk(b"fdAT", struct.pack(">I", number) + body)
                number += 1
    return bytes(out + _chunk(b"IEND", b""))


def _header(png: bytes) -> bytes:
    return next(body for kind, body in _chunks(png) if kind == b"IHDR")


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kind and content of each."""
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
