"""A community whose members send words and pictures, and operators who look at them."""

import io
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image, ImageDraw, ImageFilter
from typing_extensions import override

from bot.channels.simulator.channel import CAPABILITY
from bot.commons import media, submissions
from bot.commons.content import Forms, Pen, Shelf
from bot.commons.media import DiskStore
from bot.commons.notices import Notices
from bot.commons.submissions import View
from bot.features import ugc
from bot.features.ugc.errands import errands
from bot.features.ugc.rules import UgcSettings
from bot.kernel.abilities import Errands
from bot.kernel.capability import Doors
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.events import MemberErased
from bot.kernel.files import FileStore
from bot.kernel.ids import InboxId
from bot.kernel.messages import Media, Reply, Tap, Text, Update, UpdateKind
from bot.kernel.ports import Groups, LastHeard
from bot.kernel.privacy import PersonalFile, PersonalRegistry
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

T = TypeVar("T")
MB = 1024 * 1024
LIMITS = media.Limits(20 * MB, 100 * MB, 100_000_000)
CALL = 'closes_at = 2026-08-25T22:00:00+08:00\nwinners = "大家投票，票数最多的做成套装"\n'
CALL_HEAD = 'title = "冬日搭配"\nkind = "interactive"\nstage = "consideration"\n'

AUDIT = Statement("SELECT who, what, why FROM audit WHERE what LIKE 'ugc.%' ORDER BY id")
NOTICES = Statement("SELECT text FROM notices ORDER BY id")


def scene(seed: int, width: int = 600, height: int = 450) -> Image.Image:
    """Return a picture of some shapes; another seed is another picture."""
    chance = random.Random(seed)  # noqa: S311 - the same seed draws the same
    colours = [tuple(chance.randrange(256) for _ in range(3)) for _ in range(13)]
    image = Image.new("RGB", (width, height), colours[0])
    pen = ImageDraw.Draw(image)
    for number, colour in enumerate(colours[1:]):
        x, y, size = chance.randrange(width), chance.randrange(height), chance.randrange(40, 200)
        draw = pen.ellipse if number % 2 else pen.rectangle
        draw((x - size, y - size // 2, x + size // 3, y + size), fill=colour)
    return image.filter(ImageFilter.GaussianBlur(3))


def packed(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    """Return a picture as a file."""
    made = io.BytesIO()
    image.save(made, kind, **how)
    return made.getvalue()


def photo(seed: int) -> bytes:
    """Return a photo."""
    return packed(scene(seed), "JPEG", quality=90)


class Asked(Errands):
    """Remembers who was sent."""

    @override
    def soon(self, uow: UnitOfWork, name: str) -> None:
        pass


class Studio(Talk):
    """The room, with files on a disk, files that operators write, and a clock."""

    def __init__(self, store: Store, desk: Desk, folder: Path, settings: UgcSettings) -> None:
        super().__init__(store, [ugc.feature], Community("拾光衣橱"), Groups(), Notices())
        self.desk = desk
        self.disk = DiskStore(folder / "files")
        self.folder = folder / "files"
        forms = Forms(folders=dict(ugc.feature.content), tables=dict(ugc.feature.tables))  # type: ignore[arg-type]
        shelf = Shelf(desk.content, desk.schedules, KNOWN, forms=forms, monotonic=self._seconds)
        self.tools.add(UgcSettings, settings)
        self.tools.add(Shelf, shelf)
        self.tools.add(Pen, Pen(desk.content, forms))
        self.tools.add(FileStore, self.disk)
        self.tools.add(Errands, Asked())
        self.tools.add(Doors, Doors({CHANNEL: CAPABILITY}))
        self.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
        self._looks = 0.0
        self._keys = 0
        self._waiting: list[tuple[Update, list[bytes]]] = []

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    # ── members ─────────────────────────────────────────────────────────────────────────

    def sends(
        self,
        who: str,
        *pictures: bytes,
        text: str = "",
        at: datetime | None = None,
        kind: UpdateKind | None = None,
    ) -> list[str]:
        """Let somebody send pictures, with words or without; they are on their way then."""
        self._keys += 1
        update = Update(
            CHANNEL,
            f"m{self._keys}",
            kind or (UpdateKind.TEXT if text else UpdateKind.IMAGE),
            who,
            at or self.clock.now(),
            who,
            text=text,
            media=tuple(Media(f"ref-{self._keys}-{n}") for n in range(len(pictures))),
        )
        number = InboxId(self._keys)
        self.store.do(lambda uow: media.note(uow, number, update, lives_s=86_400))
        self._waiting.append((update, list(pictures)))
        return self.hears(update)

    async def arrives(self) -> None:
        """Let the room of received files have fetched everything, and ours look at it."""
        await self.fetches()
        await self.looks()

    async def fetches(self) -> None:
        """Let the room of received files have fetched everything."""
        for update, pictures in self._waiting:
            refs = self.store.do(lambda uow: media.of_update(uow, CHANNEL, update.key))  # noqa: B023 - called here
            for ref, content in zip(refs, pictures, strict=True):
                await self._fetched(ref, content)
        self._waiting.clear()

    async def _fetched(self, ref: media.Ref, content: bytes) -> None:
        try:
            found = media.check(io.BytesIO(content), len(content), ref.kind, LIMITS)
        except media.Unfit as unfit:
            why = unfit.reason
            self.store.do(lambda uow: media.end(uow, ref.id, media.Status.REFUSED, why))
            return
        async with self.disk.receive() as intake:
            await intake.take(content)
            digest = await intake.keep()
        size = (found.width, found.height)
        file = media.File(digest, len(content), found.content_type, *size)
        assert self.store.do(lambda uow: media.keep(uow, ref.id, file, name=""))

    async def looks(self) -> float | None:
        """Let our errand run once."""
        [errand] = errands
        return await errand.run(self, self.tools)

    async def do(self, use_case: Callable[[UnitOfWork], T]) -> T:
        """Be the `Work` of an errand."""
        return self.store.do(lambda uow: self._kept(uow, use_case(uow)))

    async def look(self, question: Callable[[UnitOfWork], T]) -> T:
        """Be the `Work` of an errand."""
        return self.store.do(question)

    def _kept(self, uow: UnitOfWork, result: T) -> T:
        self.outgoing += uow.outgoing
        self.events += uow.events
        return result

    async def submits(self, who: str, *pictures: bytes, text: str = "今天穿得很暖") -> View:
        """Let somebody send a whole submission."""
        self.says(who, "投稿")
        if pictures:
            self.sends(who, *pictures)
        if text:
            self.says(who, text)
        await self.arrives()
        self.says(who, "完成")
        return self.latest(who)

    async def shows_to_all(self, who: str, *pictures: bytes, text: str = "大衣配围巾") -> View:
        """Let somebody's submission be accepted, with her consent, by two operators."""
        sent = await self.submits(who, *pictures, text=text)
        self.says(who, f"公开投稿 {sent.number} 昵称")
        self.accepts(sent.number)
        self.operates("publish", by="wang", item=str(sent.number))
        return self.view(sent.number)

    def letters(self, who: str) -> list[str]:
        """Return what somebody was written to unasked."""
        parts = [one.part for one in self.outgoing if one.recipient == who]
        return [part.text.strip() for part in parts if isinstance(part, Text)]

    def view(self, number: int) -> View:
        found = self.store.do(lambda uow: submissions.one(uow, number))
        assert found is not None
        return found

    def latest(self, who: str) -> View:
        her = self.member(who)
        return self.store.do(lambda uow: submissions.mine(uow, her, most=1))[0]

    def draft(self, who: str) -> View | None:
        her = self.member(who)
        return self.store.do(lambda uow: submissions.draft(uow, her))

    def erases(self, who: str) -> None:
        """Let a member's data be deleted."""
        her = self.member(who)
        with self.store.unit() as uow:
            PersonalRegistry((*media.personal, *submissions.personal)).erase(uow, her)
            for listener in ugc.feature.listeners[MemberErased]:
                listener(uow, MemberErased(her), self.tools)

    def presses(self, who: str, button: str) -> list[str]:
        """Let somebody press the button of a card."""
        self._keys += 1
        now, key = self.clock.now(), f"tap-{self._keys}"
        tap = Tap(button, "card")
        return self.hears(Update(CHANNEL, key, UpdateKind.TAP, who, now, who, tap=tap))

    def exports(self, who: str) -> tuple[str, Sequence[PersonalFile]]:
        """Return what somebody takes along: what is written down, and files."""
        her, [data] = self.member(who), submissions.personal
        with self.store.unit() as uow:
            return str(data.export(uow, her)), data.files(uow, her)

    def merges(self, goes: str, stays: str) -> object:
        """Let two members be one."""
        [data], who = submissions.personal, (self.member(goes), self.member(stays))
        return self.store.do(lambda uow: data.movers[0].move(uow, *who))

    def parts(self, goes: str, stays: str, moved: object) -> None:
        """Let one member be two again."""
        [data], who = submissions.personal, (self.member(goes), self.member(stays))
        self.store.do(lambda uow: data.movers[0].back(uow, *who, moved))

    # ── operators and the clock ─────────────────────────────────────────────────────────

    def calls_for(self, matter: str = CALL, name: str = "winter") -> None:
        """Let an operator write the file of a call."""
        self.desk.post(f"calls/{name}.md", "晒出你的冬日搭配。", matter, CALL_HEAD)
        self.looks_at_files()

    def looks_at_files(self) -> None:
        self.tools.use(Shelf).look(self.clock.now())

    def operates(self, action: str, *, by: str = "lin", **form: str) -> str:
        """Let an operator press a button of the page."""
        [page] = ugc.feature.pages
        fields = {name.replace("_", "-") if "item_" in name else name: form[name] for name in form}
        try:
            return self.store.do(
                lambda uow: self._kept(uow, page.actions[action](uow, self.tools, fields, by))
            )
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def accepts(self, number: int, *, by: str = "lin") -> str:
        return self.operates("decide", by=by, item=str(number), verdict="accept")

    def rejects(self, number: int, reason: str = "blurred", note: str = "") -> str:
        fields = {"verdict": "reject", "reason": reason, "note": note}
        return self.operates("decide", item=str(number), **fields)

    def page(self, **query: str) -> str:
        """Return what an operator sees."""
        [page] = ugc.feature.pages
        shown = self.store.do(lambda uow: page.load(uow, self.tools, query))
        return self.words(page.template, csrf_field="", **shown)

    def member_page(self, who: str, name: str = "mine", **query: str) -> str:
        """Return what a member sees."""
        page = next(one for one in ugc.feature.member_pages if one.name == name)
        her = self.member(who)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        here = f"/m/ugc/{name}"
        return self.words(page.template, csrf_field="", here=here, told=False, **shown)

    def sends_form(self, who: str, act: str, **form: str) -> str:
        """Let a member send a form of her page."""
        her, page = self.member(who), ugc.feature.member_pages[0]
        try:
            with self.store.unit() as uow:
                reply = page.acts[act](uow, self.tools, her, form)
        except Refusal as refused:
            reply = Reply(refused.template, refused.words)
        return self.words(reply.template, **reply.data)

    def runs(self, name: str) -> None:
        """Let the clock run one job until it has no more to do."""
        [job] = [job for job in ugc.feature.jobs if job.name == name]
        more: bool | None = True
        while more:
            more = self.store.do(lambda uow: self._kept(uow, job.run(uow, self.tools)))

    def waits(self, **how_long: float) -> None:
        """Let time pass, and what falls due happen."""
        self.store.clock.tick(**how_long)
        for job in ugc.feature.jobs:
            self.runs(job.name)

    def audit(self) -> list[tuple[str, str, str]]:
        """Return what was done to submissions: who, what, why."""
        with self.store.unit() as uow:
            rows = uow.run(AUDIT)
        return [(str(who), str(what), str(why)) for who, what, why in rows]

    def notices(self) -> list[str]:
        with self.store.unit() as uow:
            return [str(text) for (text,) in uow.run(NOTICES)]

    def files(self) -> Mapping[str, bytes]:
        """Return the files on the disk by their digests."""
        found = (file for file in self.folder.rglob("*") if file.is_file())
        return {file.name: file.read_bytes() for file in found}


@pytest.fixture
def studio(store: Store, tmp_path: Path) -> Studio:
    return Studio(store, Desk(tmp_path), tmp_path, UgcSettings())
