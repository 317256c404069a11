"""A community whose members and operators use one room by every door; letters arrive."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.app.tools import forms_of_rooms
from bot.commons import points
from bot.commons.content import Pen, Shelf
from bot.commons.notices import Notices
from bot.kernel.capability import Doors
from bot.kernel.community import Advisors, Community
from bot.kernel.errors import Refusal
from bot.kernel.feature import Feature, MemberPage
from bot.kernel.messages import Reply, Text
from bot.kernel.ports import Groups, LastHeard
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.channels_page import RECORDS
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

HEAD = 'kind = "interactive"\nstage = "consideration"\n'


class Hall(Talk):
    """Members who talk to a room and open its page, operators at its desk, files, and a clock."""

    def __init__(self, store: Store, room: Feature, folder: Path, *tools: object) -> None:
        super().__init__(
            store, [room], Community("拾光衣橱"), Groups(), Notices(), Advisors(), *tools
        )
        self.room, self.desk = room, Desk(folder)
        forms = forms_of_rooms()
        shelf = Shelf(
            self.desk.content, self.desk.schedules, KNOWN, forms=forms, monotonic=self._seconds
        )
        self.tools.add(Shelf, shelf)
        self.tools.add(Pen, Pen(self.desk.content, forms))
        self.tools.add(Doors, Doors({CHANNEL: RECORDS["simulator"]}))
        self.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
        self._looks = 0.0

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def runs(self, name: str) -> None:
        """Let the clock run one job until it has no more to do."""
        [job] = [job for job in self.room.jobs if job.name == name]
        more: bool | None = True
        while more:
            with self.store.unit() as uow:
                if job.before is not None:
                    job.before(uow, self.tools)
            more = self._keeping(lambda uow: bool(job.run(uow, self.tools)))

    def _keeping(self, act: object) -> bool:
        with self.store.unit() as uow:
            assert callable(act)
            done = act(uow)
            self.outgoing += uow.outgoing
            self.events += uow.events
        return bool(done)

    def letters(self, who: str) -> list[str]:
        """Return what was written to somebody unasked."""
        return [
            one.part.text
            for one in self.outgoing
            if one.recipient == who and isinstance(one.part, Text)
        ]

    def operates(self, action: str, who: str = "lin", **form: object) -> str:
        """Let an operator press a button of the page; return what she reads, ✗ before refusals."""
        [page] = self.room.pages
        fields = {name: str(value) for name, value in form.items()}
        said: list[str] = []

        def act(uow: UnitOfWork) -> bool:
            said.append(page.actions[action](uow, self.tools, fields, who))
            return True

        try:
            self._keeping(act)
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)
        return said[0]

    def page(self, **query: str) -> str:
        """Return what an operator sees."""
        [page] = self.room.pages
        shown = self.store.do(lambda uow: page.load(uow, self.tools, query))
        return self.words(page.template, csrf_field="", **shown)

    def opens(self, who: str, name: str = "", **query: str) -> str:
        """Return what a member sees on a page of hers."""
        page, her = self._member_page(name), self.member(who)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        here = f"/m/{self.room.name}/{page.name}"
        return self.words(page.template, csrf_field="", here=here, told=False, **shown)

    def sends(self, who: str, act: str, form: Mapping[str, object], name: str = "") -> str:
        """Let a member send a form of her page."""
        page, her = self._member_page(name), self.member(who)
        fields = {field: str(value) for field, value in form.items()}
        said: list[Reply] = []

        def answer(uow: UnitOfWork) -> bool:
            said.append(page.acts[act](uow, self.tools, her, fields))
            return True

        try:
            self._keeping(answer)
        except Refusal as refused:
            said.append(Reply(refused.template, refused.words))
        return self.words(said[0].template, **said[0].data)

    def _member_page(self, name: str) -> MemberPage:
        pages = [page for page in self.room.member_pages if page.name == name or not name]
        return pages[0]

    def asks(self, sql: str) -> Sequence[tuple[object, ...]]:
        """Read the database."""
        return [tuple(row) for row in self.store.do(lambda uow: uow.run(Statement(sql)))]

    def notices(self) -> list[str]:
        """Return what operators were told."""
        return [str(text) for (text,) in self.asks("SELECT text FROM notices ORDER BY id")]

    def balance(self, who: str) -> int:
        her = self.member(who)
        return self.store.do(lambda uow: points.balance(uow, her))
