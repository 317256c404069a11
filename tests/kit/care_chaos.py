"""Members who want a human, all at the same moment, while the program is killed again and again.

Each has one case, one honest line and one advisor with one card, whenever the program died.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from typing_extensions import override

from bot.kernel.clock import SystemClock
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.chaos import CONFIG, Bot
from tests.kit.crowds import Rush, zone_of_noon

CARE_STEPS = ("care.opened", "care.assigned", "cards.queued", "care.silenced")
"""Within the transaction that hands a member over: half of it never stays."""
_ADVISORS = "".join(
    f'[[advisors]]\nuserid = "advisor{number}"\nname = "顾问{number}"\n' for number in range(4)
)
_WANT = ("转人工", "衣服洗一次就破了个大洞，太差了，我要退款", "公司年会要订200条围巾，怎么谈价格")
_LINE = "小助手先不插话"

_UNASKED = Statement("SELECT count(*) FROM cases WHERE state = 'new'")
_CASES = Statement(
    "SELECT i.identity, c.id, c.state, c.advisor, o.owner FROM cases c"
    " JOIN identities i ON i.member_id = c.member_id"
    " LEFT JOIN conversation_owners o ON o.member_id = c.member_id"
)
_STEPS = Statement(
    "SELECT case_id, count(*) FROM case_steps WHERE what IN ('opened', 'reopened') GROUP BY case_id"
)
_CLOCKS = Statement(
    "SELECT case_id, count(*) FROM case_clocks WHERE timer = 'first' AND stopped_at IS NULL"
    " GROUP BY case_id"
)


class CareRush(Rush):
    """The program, and many who need a human at once; there is room for all of them."""

    def __init__(
        self, folder: Path, database: str, *, people: int, replicas: int = 1, seed: int = 1
    ) -> None:
        assert people <= 4 * 8, "more than the advisors may have"
        super().__init__(folder, database, people=people, replicas=replicas, seed=seed)

    @override
    async def open(self) -> None:
        config = CONFIG.replace("Asia/Shanghai", zone_of_noon(SystemClock().now()))
        for number in range(self._replicas):
            bot = Bot(
                *(self._folder, self.platform.url, self._url, f"bot{number}"),
                config=config,
                more=_ADVISORS,
            )
            self.bots[number] = bot
            await bot.start()
            await bot.listens(self.http)

    async def lives(self, steps: tuple[str, ...]) -> None:
        """Let everybody greet, then want a human; a bot dies at each step meanwhile."""
        await self.open()
        await self.all_say(lambda _: "打卡")
        await self.all_say(lambda number: _WANT[number % len(_WANT)], steps)

    @override
    def _under_way(self) -> tuple[object, ...]:
        waiting, leaving = super()._under_way()
        return int(str(waiting)) + int(str(self._ask(_UNASKED)[0])), leaving

    @override
    def audit(self) -> list[str]:
        with self.database.reading() as connection:
            uow = UnitOfWork(connection, SystemClock())
            return [*self._messages(uow), *self._handed_over(uow)]

    def _handed_over(self, uow: UnitOfWork) -> Iterator[str]:
        rows = uow.run(_CASES)
        cases = Counter(str(row[0]) for row in rows)
        yield from (f"{who} has {cases[who]} cases" for who in self.people if cases[who] != 1)
        for who, number, state, advisor, owner in rows:
            if (state, owner) != ("assigned", "pending_human") or not advisor:
                yield f"case {number} of {who} is {state}, {advisor} was asked, {owner} has her"
        for what, statement in (("openings", _STEPS), ("first clocks", _CLOCKS)):
            counted = {row[0]: row[1] for row in uow.run(statement)}
            yield from (
                f"case {row[1]} has {counted.get(row[1], 0)} {what}"
                for row in rows
                if counted.get(row[1]) != 1
            )
        for who in self.people:
            lines = [one for one in self.platform.to(who) if _LINE in one.words]
            if len(lines) != 1:
                yield f"{who} has read {len(lines)} honest lines"
        yield from self._cards(Counter(str(row[3]) for row in rows))

    def _cards(self, asked: Counter[str]) -> Iterator[str]:
        """Each advisor got as many cards as she was asked to take cases."""
        got = Counter(one.to for one in self.platform.delivered if one.kind == "template_card")
        if got != asked:
            yield f"cards {got}, but asked {asked}"


async def care_rush(rush: CareRush, *, within_s: float = 60) -> list[str]:
    """Let it happen; return what was not kept."""
    async with rush:
        await rush.lives(CARE_STEPS)
        await rush.calm(within_s)
        await asyncio.sleep(0)
        return rush.audit()
