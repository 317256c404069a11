"""Files that a member takes along: by a link of her own, each once.

The in-app browsers hand a download to another browser, which knows no session: so whoever holds
the link may take each parcel, once, for as long as the link is good. Looking spends nothing.
"""

import asyncio
import io
import zipfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress

import structlog
from aiohttp import web
from markupsafe import Markup
from typing_extensions import override

from bot.kernel.console import number_in
from bot.kernel.feature import MemberPage, Packs
from bot.kernel.files import Packed, Parcel
from bot.kernel.ports import Words
from bot.kernel.work import UnitOfWork
from bot.web.callers import read_form
from bot.web.links import Held
from bot.web.member_browsers import Seen, browser_of
from bot.web.member_ways import Grounds, Place
from bot.web.pages import PAGE_HEADERS, Trouble, see_other

log = structlog.get_logger(__name__)

LINK_VALID_S = 15 * 60
_PIECE_BYTES = 256 * 1024
_PATIENCE_S = 60.0  # without her taking a piece


class Parcels:
    """Shows what there is to take, and hands it over."""

    def __init__(self, grounds: Grounds, words: Words) -> None:
        self._g = grounds
        self._words = words

    def own_link(self, place: Place, seen: Seen) -> web.Response:
        """Send somebody who is signed in to a link of her own."""
        return see_other(self._g.links.to(place.where, seen.guest.member, valid_s=LINK_VALID_S))

    async def show(
        self, request: web.Request, page: MemberPage, packs: Packs, held: Held
    ) -> web.Response:
        """Show what there is to take."""

        def look(uow: UnitOfWork) -> tuple[Mapping[str, object], object]:
            parcels = packs(uow, self._g.tools, held.member)
            spent = [self._g.visits.is_spent(uow, _key(held, n)) for n, _ in _numbered(parcels)]
            shown = [
                {
                    "number": number,
                    "files": len(parcel.files),
                    "bytes": sum(one.bytes for one in parcel.files),
                    "is_spent": is_spent,
                }
                for (number, parcel), is_spent in zip(_numbered(parcels), spent, strict=True)
            ]
            return page.load(uow, self._g.tools, held.member, {}), shown

        data, parcels = await self._g.work.look(look)
        about = {"parcels": parcels, "here": request.path, "in_app": bool(browser_of(request))}
        inside = Markup(self._words(page.template, **data, **about))  # noqa: S704 - escaped there
        return self._g.frame.show("m_page.html.j2", page=page, inside=inside, outcome=None)

    async def hand_over(
        self, request: web.Request, packs: Packs, place: Place, held: Held
    ) -> web.StreamResponse:
        """Hand over the parcel that the form names, if nobody has taken it."""
        if self._g.callers.is_foreign(request):
            raise Trouble(403, "foreign_form")
        number = number_in((await read_form(request)).get("part", ""))

        parcels = await self._g.work.look(lambda uow: packs(uow, self._g.tools, held.member))
        if number is None or number > len(parcels):
            raise Trouble(404, "no_page")
        key, what = _key(held, number), f"{place.where} {number}"
        member = await self._g.work.do(
            lambda uow: self._g.visits.take(uow, key, held.member, until=held.until, what=what)
        )
        if member is None:
            raise Trouble(410, "taken")
        log.info("visit.taken", page=place.where, part=number, member=member)
        name = place.where.replace("/", "-") + (f"-{number}" if number > 1 else "")
        return await _stream(request, f"{name}.zip", parcels[number - 1])


def _numbered(parcels: Sequence[Parcel]) -> Iterator[tuple[int, Parcel]]:
    return enumerate(parcels, start=1)


def _key(held: Held, number: int) -> str:
    return f"{held.id} {number}"


# ── the archive ─────────────────────────────────────────────────────────────────────────


class _Out(io.RawIOBase):
    """What the archive has written and nobody has fetched yet; it can't go back."""

    def __init__(self) -> None:
        self._written = bytearray()

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, piece: object, /) -> int:
        content = memoryview(piece)  # type: ignore[arg-type]  # bytes of zipfile
        self._written += content
        return len(content)

    def fetch(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._written = bytes(self._written), bytearray()
        return taken


def pieces(parcel: Parcel) -> Generator[bytes, None, None]:
    """Yield a zip archive, piece by piece; a file that is not there any more is left out."""
    out = _Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:  # pictures are packed already
        for one in parcel.files:
            for _ in _put(pack, one):
                yield out.fetch()
    yield out.fetch()


def _put(pack: zipfile.ZipFile, one: Packed) -> Iterator[None]:
    try:
        source = one.open()
    except FileNotFoundError:
        log.warning("parcel.file_gone")
        return
    with source, pack.open(zipfile.ZipInfo(one.path), "w") as inside:
        while piece := source.read(_PIECE_BYTES):
            inside.write(piece)
            yield


async def _stream(request: web.Request, name: str, parcel: Parcel) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={
            **PAGE_HEADERS,
            "Content-Type": "application/zip",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "Referrer-Policy": "no-referrer",
        }
    )
    await response.prepare(request)
    try:
        await _pour(response, parcel)
    except Exception as exc:  # noqa: BLE001 - half a file is out: all that is left is to break off
        log.warning("parcel.broken_off", reason=type(exc).__name__)
        if request.transport is not None:
            request.transport.abort()
    return response


async def _pour(response: web.StreamResponse, parcel: Parcel) -> None:
    with closing(pieces(parcel)) as coming:
        while (piece := await asyncio.to_thread(next, coming, None)) is not None:
            if piece:
                await asyncio.wait_for(response.write(piece), _PATIENCE_S)
    with suppress(ConnectionResetError):
        await response.write_eof()
