"""Pictures: small enough, upright, and pixels only."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from documents.parsing import parse
from documents.pictures import LONGEST, MOST_BYTES
from documents.results import Limits, Picture, Reason, Unread
from tests.documents.files import opened, picture, png_head, written

LIMITS = Limits(pixels=10_000_000)
ORIENTATION, CAMERA, GPS, LATITUDE = 0x0112, 0x0110, 0x8825, 2


def seen(data: bytes, name: str = "") -> Picture:
    result = parse(data, name, LIMITS)
    assert isinstance(result, Picture)
    image = opened(result.data)
    image.load()
    assert (image.size, f"image/{image.format}".lower()) == ((result.width, result.height), result.mime)
    return result


@pytest.mark.parametrize(
    ("kind", "mode", "mime"),
    [
        ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "1", "image/png"),
        ("PNG", "LA", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("GIF", "P", "image/png"),
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("WEBP", "RGB", "image/jpeg"),
        ("WEBP", "RGBA", "image/png"),
    ],
)
def test_every_kind_comes_out_as_one_that_models_take(kind: str, mode: str, mime: str) -> None:
    image = Image.new(mode, (40, 30))
    result = seen(written(lambda file: image.save(file, kind)))
    assert (result.mime, result.width, result.height) == (mime, 40, 30)


def test_picture_that_names_itself_text_is_a_picture() -> None:
    assert seen(picture("PNG"), "notes.txt").mime == "image/png"


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2048, 2048), (2049, 7), (3, 4000), (1, 5000), (5000, 1999)])
def test_large_picture_is_scaled_down_and_a_small_one_left(width: int, height: int) -> None:
    result = seen(picture("GIF", (width, height), "P"))
    assert max(result.width, result.height) == min(max(width, height), LONGEST)
    assert min(result.width, result.height) >= 1


def test_picture_is_turned_the_way_it_was_held() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    result = seen(picture("JPEG", (40, 30), exif=exif))
    assert (result.width, result.height) == (30, 40)


def camera_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[CAMERA] = "SECRET-CAMERA"
    exif.get_ifd(GPS)[LATITUDE] = (52.0, 31.0, 12.0)
    return exif


def with_text() -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", "SECRET-COMMENT")
    return info


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"comment": b"SECRET-COMMENT", "icc_profile": b"SECRET-PROFILE"}),
        ("PNG", {"pnginfo": with_text(), "icc_profile": b"SECRET-PROFILE"}),
        ("WEBP", {"xmp": b"SECRET-XMP", "icc_profile": b"SECRET-PROFILE"}),
        ("GIF", {"comment": b"SECRET-COMMENT"}),
    ],
)
def test_where_and_with_what_it_was_taken_is_left_out(kind: str, options: dict[str, Any]) -> None:
    if kind != "GIF":
        options = {**options, "exif": camera_exif()}
    original = picture(kind, **options)
    assert b"SECRET" in original or kind == "PNG"  # there the profile is compressed
    result = opened(seen(original).data)
    assert dict(result.getexif()) == {}
    assert set(result.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_moving_picture_is_its_first() -> None:
    frames = [Image.new("P", (20, 10), color) for color in (1, 2, 3)]
    original = written(lambda file: frames[0].save(file, "GIF", save_all=True, append_images=frames[1:]))
    result = opened(seen(original).data)
    assert getattr(result, "n_frames", 1) == 1
    assert result.convert("RGB").getpixel((0, 0)) == opened(original).convert("RGB").getpixel((0, 0))


def test_grey_of_sixteen_bits_is_not_all_white() -> None:
    image = Image.new("I;16", (2, 1), 300)
    image.putpixel((1, 0), 40_000)
    result = opened(seen(written(lambda file: image.save(file, "PNG"))).data)
    assert [result.getpixel((0, 0)), result.getpixel((1, 0))] == [(1, 1, 1), (156, 156, 156)]


def test_photo_that_is_a_png_is_made_small_and_what_was_clear_becomes_white() -> None:
    noise = Image.effect_noise((1500, 1500), 100).convert("RGB")
    noise.putalpha(Image.effect_noise((1500, 1500), 100))
    noise.paste((0, 0, 0, 0), (0, 0, 100, 100))
    result = seen(written(lambda file: noise.save(file, "PNG", compress_level=1)))
    assert result.mime == "image/jpeg"
    assert len(result.data) < MOST_BYTES
    assert opened(result.data).getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize(("width", "height"), [(4000, 2501), (10_000, 10_000), (2**31 - 1, 2**31 - 1), (2**31 - 1, 1)])
def test_picture_bomb_is_known_by_its_head(width: int, height: int) -> None:
    assert parse(png_head(width, height), "", LIMITS) == Unread(reason=Reason.TOO_MUCH)


def test_compressed_comment_does_not_unfold_without_a_bound() -> None:
    info = PngInfo()
    info.add_itxt("Comment", "a" * 20_000_000, zip=True)
    assert parse(picture("PNG", pnginfo=info), "", LIMITS) == Unread(reason=Reason.DAMAGED)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_torn_picture_is_damaged(kind: str) -> None:
    noise = Image.effect_noise((64, 64), 100)
    whole = written(lambda file: noise.save(file, kind))
    assert parse(whole[: len(whole) // 2], "", LIMITS) == Unread(reason=Reason.DAMAGED)
    assert parse(whole[:14], "", LIMITS) == Unread(reason=Reason.DAMAGED)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO"])
def test_kinds_that_models_do_not_take_are_unknown(kind: str) -> None:
    assert parse(written(lambda file: Image.new("RGB", (32, 32)).save(file, kind)), "", LIMITS) == Unread(
        reason=Reason.UNKNOWN_KIND
    )


@settings(deadline=None)  # a busy machine is no hazard
@given(st.data())
def test_damaged_pictures_are_shown_or_not_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(picture(data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP"]))))
    for place in data.draw(st.lists(st.integers(12, len(whole) - 1), max_size=5)):
        whole[place] ^= data.draw(st.integers(1, 255))
    result = parse(bytes(whole), "", LIMITS)
    if isinstance(result, Picture):
        Image.open(io.BytesIO(result.data)).load()
    else:
        assert isinstance(result, Unread)
