"""Files that a member takes along: by a link of her own, each once, piece by piece."""

import io
import zipfile
from collections.abc import Callable
from typing import BinaryIO

from typing_extensions import override

from bot.kernel.files import Packed, Parcel
from tests.kit.doorstep import Street, enter, erase
from tests.kit.visits import SAFARI, WECOM, Form, Opened, phone

MB = 1024 * 1024


def unpacked(got: Opened) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(got.body)) as pack:
        assert pack.testzip() is None
        return {one.filename: pack.read(one) for one in pack.infolist()}


def opens(content: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(content)


async def test_looking_spends_nothing_and_each_parcel_is_taken_once(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    link = street.link(amei, "shop/take")
    async with phone(street.port, agent="a scanner of links") as scanner:
        for method in ("GET", "HEAD", "GET"):
            assert (await scanner.open(link, method)).status == 200
    async with phone(street.port, agent=SAFARI) as computer:
        page = await computer.open(link)
        got = await computer.send(page.form(link))

        assert unpacked(got) == {"card.txt": f"会员 {amei}".encode()}
        assert got.headers["Content-Type"] == "application/zip"
        assert got.headers["Content-Disposition"] == 'attachment; filename="shop-take.zip"'
        assert got.headers["Cache-Control"] == "private, no-store"
        assert got.headers["Referrer-Policy"] == "no-referrer"
        assert computer.cookie("member") == "", "nobody was signed in"
        assert "下载过了" in (await computer.open(link)).text
        assert (await computer.send(page.form(link))).status == 410
    assert street.rows("SELECT what, why FROM audit WHERE what = 'pages.taken'") == [
        ("pages.taken", "shop/take 1")
    ]


async def test_several_parcels_are_several_files_and_what_is_gone_is_left_out(
    street: Street,
) -> None:
    def gone() -> BinaryIO:
        raise FileNotFoundError

    amei = street.knows("kefu", "wmAmei")
    street.house.shop.parcels = [
        Parcel((Packed("files/gone.jpg", 3, gone), Packed("files/裙.bin", 3, opens(b"abc"))))
    ]
    link = street.link(amei, "shop/take")
    async with phone(street.port, agent=SAFARI) as computer:
        page = await computer.open(link)
        assert "2 个文件，6 字节" in page.text
        got = await computer.send(Form(link, {"part": "2"}))

        assert unpacked(got) == {"files/裙.bin": b"abc"}
        assert got.headers["Content-Disposition"] == 'attachment; filename="shop-take-2.zip"'
        for odd in ("0", "3", "", "x", "-1"):
            assert (await computer.send(Form(link, {"part": odd}))).status == 404
        assert unpacked(await computer.send(Form(link, {"part": "1"})))


class Counted(io.RawIOBase):
    """A large file that remembers how much of it was asked for at once."""

    def __init__(self, size: int) -> None:
        self.left, self.most = size, 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def read(self, size: int = -1, /) -> bytes:
        self.most = max(self.most, self.left if size < 0 else size)
        taken = min(self.left, size if size >= 0 else self.left)
        self.left -= taken
        return b"x" * taken


async def test_a_large_file_passes_in_small_pieces(street: Street) -> None:
    amei, source = street.knows("kefu", "wmAmei"), Counted(40 * MB)
    street.house.shop.parcels = [
        Parcel((Packed("film.mp4", 40 * MB, lambda: source),))  # type: ignore[arg-type,return-value]  # raw
    ]
    link = street.link(amei, "shop/take")
    async with phone(street.port, agent=SAFARI) as computer:
        got = await computer.send(Form(link, {"part": "2"}))
    assert len(unpacked(got)["film.mp4"]) == 40 * MB
    assert source.most <= MB


async def test_whoever_is_signed_in_gets_a_link_of_her_own(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port, agent=WECOM) as mine:
        await enter(street, mine, amei)
        page = await mine.open("/m/shop/take")
        assert page.path.startswith("/m/shop/take/")
        assert "请用浏览器打开" in page.text
    async with phone(street.port, agent=SAFARI) as computer:
        assert unpacked(await computer.send(page.form(page.path)))


async def test_a_foreign_site_and_a_link_that_is_over_take_nothing(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    link = street.link(amei, "shop/take")
    async with phone(street.port, agent=SAFARI) as computer:
        evil = "https://evil.example"
        assert (await computer.send(Form(link, {"part": "1"}), Origin=evil)).status == 403
        assert (await computer.send(Form(link + "x", {"part": "1"}))).status == 403
        street.house.store.clock.tick(seconds=601)
        assert (await computer.send(Form(link, {"part": "1"}))).status == 410


async def test_of_somebody_who_was_erased_nothing_is_taken(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    link = street.link(amei, "shop/take")
    erase(street, amei)
    async with phone(street.port, agent=SAFARI) as computer:
        assert (await computer.send(Form(link, {"part": "1"}))).status == 410
