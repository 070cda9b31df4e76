"""Pictures, drawn anew by Pillow: upright, no larger than a model looks at, and pixels only."""

import io
from typing import Final

from PIL import Image, ImageOps

from documents.results import Limits, Picture, Reason, Unreadable

FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")
DRAWN: Final = frozenset({"PNG", "GIF"})
"""Formats of screenshots and drawings, whose edges JPEG would blur."""

LONGEST: Final = 2048
"""Pixels of the longest side; OpenAI's models scale down to as many before they look (Images and vision, on `detail`)."""
MOST_BYTES: Final = 4 * 2**20
"""What a PNG may have; beyond that it is a photo."""
QUALITY: Final = 85

EIGHT_OF_SIXTEEN: Final = tuple(value >> 8 for value in range(2**16))


def read(data: bytes, _: str, limits: Limits) -> Picture:
    """The picture, or the first of a moving one. Raises `Unreadable`, and what Pillow does for a damaged file."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(Reason.TOO_MUCH) from error
    if image.width * image.height > limits.pixels:  # as its head says; nothing is decoded yet
        raise Unreadable(Reason.TOO_MUCH)
    is_drawn, size = image.format in DRAWN, image.size
    image.draft(None, (LONGEST, LONGEST))  # a JPEG need not be decoded larger than that
    plain = _plain(image)
    plain.thumbnail((LONGEST, LONGEST))
    ImageOps.exif_transpose(plain, in_place=True)
    plain.info = {}  # else Pillow writes a comment or a colour profile of the old file into the new one
    mime, drawn = _encoded(plain, is_drawn=is_drawn)
    return Picture(mime=mime, data=drawn, width=plain.width, height=plain.height, resized=plain.size != size)


def _plain(image: Image.Image) -> Image.Image:
    """Eight bits a colour, whatever it had."""
    if image.mode.startswith("I"):  # sixteen bits of grey, which Pillow would clip
        image = image.convert("I").point(EIGHT_OF_SIXTEEN, "L")  # pyright: ignore[reportUnknownMemberType]  # takes NumPy's too
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _encoded(image: Image.Image, *, is_drawn: bool) -> tuple[str, bytes]:
    if is_drawn or image.mode == "RGBA":
        drawn = _saved(image, "PNG")
        if len(drawn) <= MOST_BYTES:
            return "image/png", drawn
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    return "image/jpeg", _saved(image, "JPEG")


def _saved(image: Image.Image, format_: str) -> bytes:
    file = io.BytesIO()
    image.save(file, format_, quality=QUALITY)
    return file.getvalue()
