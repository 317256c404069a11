"""Each kind of picture has an exact, kind answer; what is kept says nothing but its pixels."""

import io
import os
from contextlib import suppress

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bot.commons.media.likeness import ALIKE_BITS, apart, shape_of
from bot.commons.submissions import PictureState, State
from bot.commons.vetting import Found, Unfit, look
from bot.kernel import crash
from bot.kernel.work import Statement
from tests.features.ugc.conftest import MB, Studio, packed, photo, scene
from tests.kit.media import GPS, heic

APPLE = (
    "这张是苹果的 HEIC 照片，这里打不开。请在手机“设置—相机—格式”里选“兼容性最佳”，或者截个图再发。"
)
ALL_RIGHT = "其他内容都在。"
GONE = Statement("UPDATE media_refs SET status = 'gone', reason = 'expired'")
KEPT = Statement("SELECT (SELECT COUNT(*) FROM media_holds), (SELECT COUNT(*) FROM media_refs)")


SPOILT = (
    photo(1),
    packed(scene(1), "GIF"),
    packed(scene(1, 300, 250), "WEBP"),
)


def noise(at_least: int) -> bytes:
    """Return a PNG of so many bytes, or a few more."""
    side = int((at_least / 3) ** 0.5) + 1
    return packed(Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)))


def moving() -> bytes:
    frames = [scene(seed) for seed in (1, 2)]
    return packed(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0)


REFUSED = {
    "blank": (packed(Image.new("RGB", (400, 400), "white")), "这张图是空白的，请换一张。"),
    "tiny": (packed(scene(1, 199, 400)), "这张图太小了，看不清楚，边长至少 200 像素。请发原图。"),
    "animated": (moving(), "动图这里放不了，请发不会动的图片。"),
    "zip": (b"PK\x03\x04" + b"\0" * 400, "这不是图片（像是压缩包或别的文件），请直接发照片。"),
    "picture and zip": (
        photo(1) + b"PK\x05\x06" + b"\0" * 18,
        "这不是图片（像是压缩包或别的文件），请直接发照片。",
    ),
    "heic": (heic(), APPLE),
    "cut short": (photo(1)[:2000], "这张图打不开，可能没传完，请再发一次。"),
    "too large": (noise(10 * MB + 1), "这张图太大了，最多 10 MB。压缩一下，或者截个图再发。"),
    "far too large": (
        b"\xff\xd8\xff" + b"\0" * (21 * MB),
        "这张图太大了，最多 10 MB。压缩一下，或者截个图再发。",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_can_not_be_taken_has_an_exact_answer(studio: Studio, what: str) -> None:
    content, words = REFUSED[what]
    studio.says("amei", "投稿")
    studio.says("amei", "很暖")
    studio.sends("amei", content)
    await studio.arrives()
    assert studio.letters("amei") == [words + ALL_RIGHT]
    studio.says("amei", "完成")
    assert studio.latest("amei").pictures == []


async def test_ten_megabytes_are_taken_and_made_small(studio: Studio) -> None:
    content = noise(10 * MB - 200_000)
    assert 9.5 * MB < len(content) <= 10 * MB
    sent = await studio.submits("amei", content)
    [picture] = sent.pictures
    assert picture.clean_bytes < 3 * MB
    with studio.disk.open(picture.clean) as file:
        assert max(Image.open(file).size) <= 1600


async def test_a_picture_that_never_came_is_said_to_be_missing(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.says("amei", "很暖")
    studio.sends("amei", photo(1))
    assert await studio.looks() == 2.0  # on its way: looked at again soon
    studio.store.do(lambda uow: uow.run(GONE))
    await studio.looks()
    assert studio.letters("amei") == ["这张图没有取到，请再发一次。" + ALL_RIGHT]


async def test_a_submission_of_nothing_but_a_bad_picture_is_not_sent(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.sends("amei", heic())
    studio.says("amei", "完成")
    await studio.arrives()
    assert studio.letters("amei")[0].endswith("所以没有送出；发“投稿”再来一次。")
    assert studio.view(1).state is State.CANCELLED


async def test_a_death_before_it_is_written_down_is_made_good(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(step: str) -> None:
        if step.startswith("ugc."):
            raise RuntimeError(step)

    studio.says("amei", "投稿")
    studio.sends("amei", photo(1))
    await studio.fetches()
    with monkeypatch.context() as patch:
        patch.setattr(crash, "step", dies)
        with pytest.raises(RuntimeError, match=r"ugc\.copied"):
            await studio.looks()
    await studio.looks()
    draft = studio.draft("amei")
    assert draft is not None
    assert [one.state for one in draft.all_pictures] == [PictureState.KEPT]
    assert len(studio.files()) == 2


# ── what others see ─────────────────────────────────────────────────────────────────────


async def test_the_copy_says_neither_place_nor_camera(studio: Studio) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x0112] = 6
    told = packed(scene(1), "JPEG", exif=exif, comment=GPS)
    assert GPS in told
    sent = await studio.submits("amei", told)
    with studio.disk.open(sent.pictures[0].clean) as file:
        content = file.read()
    assert GPS not in content
    assert b"Exif" not in content
    assert b"Canon" not in content
    copy = Image.open(io.BytesIO(content))
    assert not copy.getexif()
    assert copy.size == (450, 600)  # the right way up


async def test_the_original_goes_when_moderation_is_over(studio: Studio) -> None:
    told = packed(scene(1), "JPEG", comment=GPS)
    sent = await studio.submits("amei", told)
    assert any(GPS in content for content in studio.files().values())
    studio.accepts(sent.number)
    studio.waits(minutes=3)
    [(pins, refs)] = studio.store.do(lambda uow: uow.run(KEPT))
    assert (pins, refs) == (1, 0)


async def test_transparent_pictures_get_a_white_ground(studio: Studio) -> None:
    image = scene(1).convert("RGBA")
    ImageDraw.Draw(image).rectangle((0, 0, 300, 300), fill=(0, 0, 0, 0))
    sent = await studio.submits("amei", packed(image))
    with studio.disk.open(sent.pictures[0].clean) as file:
        red, green, blue = Image.open(file).convert("RGB").getpixel((50, 50))  # type: ignore[misc]
    assert min(red, green, blue) > 240


# ── the same again ──────────────────────────────────────────────────────────────────────


async def test_her_own_picture_again_is_kindly_refused(studio: Studio) -> None:
    await studio.submits("amei", photo(1))
    again = await studio.submits("amei", photo(1))
    assert studio.letters("amei") == ["这张图你已经投过了，不用再发一次。" + ALL_RIGHT]
    assert again.pictures == []


async def test_twice_in_one_submission_is_once(studio: Studio) -> None:
    sent = await studio.submits("amei", photo(1), photo(1))
    assert [one.state for one in sent.all_pictures] == [PictureState.KEPT, PictureState.REFUSED]


async def test_the_picture_of_another_member_is_flagged_not_refused(studio: Studio) -> None:
    first = await studio.submits("amei", photo(1))
    second = await studio.submits("bea", photo(1))
    assert [(flag.what, flag.words) for flag in second.flags] == [
        (Found.SAME_OTHER, str(first.number))
    ]
    assert studio.letters("bea") == []
    assert "图 1：别的会员发过同一张图，投稿 1" in studio.page()


async def test_a_picture_that_looks_alike_is_flagged(studio: Studio) -> None:
    await studio.submits("amei", photo(1))
    smaller = packed(scene(1).resize((300, 225)), "JPEG", quality=40)
    sent = await studio.submits("bea", smaller, photo(2))
    assert [flag.what for flag in sent.flags] == [Found.ALIKE]


async def test_what_was_withdrawn_may_be_sent_again_and_is_flagged(studio: Studio) -> None:
    await studio.submits("amei", photo(1))
    studio.says("amei", "撤回投稿 1")
    again = await studio.submits("amei", photo(1))
    assert [flag.what for flag in again.flags] == [Found.SAME_BEFORE]
    assert len(again.pictures) == 1


def test_the_distance_tells_copies_from_others() -> None:
    scenes = [scene(seed) for seed in range(60)]
    shapes = [shape_of(image.convert("L")) for image in scenes]
    pairs = zip(scenes, shapes, strict=True)
    copies = [[apart(shape, copy) for copy in copies_of(image)] for image, shape in pairs]
    others = [apart(one, two) for n, one in enumerate(shapes) for two in shapes[:n]]
    assert max(max(usual) for *usual, _ in copies) <= ALIKE_BITS < min(others)
    assert sum(cropped <= ALIKE_BITS for *_, cropped in copies) >= len(copies) - 1


def copies_of(image: Image.Image) -> list[str]:
    """Return what copies look like: smaller, compressed, with a label, with its edge cut off."""
    width, height = image.size
    labelled = image.copy()
    ImageDraw.Draw(labelled).rectangle((width - 100, height - 30, width, height), fill="white")
    compressed = Image.open(io.BytesIO(packed(image, "JPEG", quality=30)))
    cropped = image.crop((width // 50, height // 50, width - width // 50, height - height // 50))
    made = (image.resize((width // 3, height // 3)), compressed, labelled, cropped)
    return [shape_of(copy.convert("L")) for copy in made]


# ── codes ───────────────────────────────────────────────────────────────────────────────


def with_code(scale: int, turned: int = 0) -> bytes:
    made = io.BytesIO()
    segno.make("https://u.wechat.com/EAbcdEfgh", error="m").save(made, kind="png", scale=scale)
    code = Image.open(made).convert("RGB").rotate(turned, expand=True, fillcolor="white")
    image = scene(3, 900, 700)
    image.paste(code, (200, 150))
    return packed(image, "JPEG", quality=80)


@pytest.mark.parametrize(("scale", "turned"), [(4, 0), (8, 0), (8, 7), (12, 90)])
async def test_a_code_to_scan_is_flagged(studio: Studio, scale: int, turned: int) -> None:
    sent = await studio.submits("amei", with_code(scale, turned))
    assert [flag.what for flag in sent.flags] == [Found.CODE]


def test_drawings_without_a_code_are_not_flagged() -> None:
    looked = [look(photo(seed), most_bytes=MB) for seed in range(30)]
    assert not any(one.has_code for one in looked)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + b"x" * 99])
def test_no_bytes_get_past(content: bytes) -> None:
    with pytest.raises(Unfit):
        look(content, most_bytes=MB)


@given(st.integers(10, 3000), st.binary(min_size=1, max_size=40), st.sampled_from([0, 1, 2]))
def test_no_spoilt_picture_is_more_than_unfit(at: int, spoilt: bytes, which: int) -> None:
    content = SPOILT[which]
    broken = content[:at] + spoilt + content[at + len(spoilt) :]
    with suppress(Unfit):
        look(broken, most_bytes=MB)


def test_a_picture_that_would_burst_is_not_opened() -> None:
    huge = packed(Image.new("1", (9000, 9000)))
    with pytest.raises(Unfit, match="too_many_pixels"):
        look(huge, most_bytes=MB)
