"""A hundred members who want the same at the same moment, while the bot is killed again and again.

Flash claims of what there is twenty of, places in a salon with a line for them, ballots that cost
points. `Rush.audit` reads the books of each room and what every member has read.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from typing_extensions import override

from bot.commons.points.books import books_balance
from bot.kernel.clock import SystemClock
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline.outbox import outgoing_json
from tests.kit.chaos import CONFIG, Bot, Chaos, Message, spoil
from tests.kit.platforms import FakeWecom

STOCK = 20
PLACES = 20
GOODS_STEPS = ("mall.paid", "mall.taken")
"""Within the transaction of a claim: paid and not taken yet, taken and not kept yet."""
_FLASH_PRICE, _KEPT_PRICE, _BALLOT_PRICE, _EARNED = 2, 1, 2, 5
_HEAD = 'kind = "interactive"\nstage = "{stage}"\n'
_HEARS_WITHIN_S = 60.0

_READ = Statement(
    "SELECT (SELECT count(*) FROM mall_goods), (SELECT count(*) FROM polls),"
    " (SELECT count(*) FROM salons)"
)
_UNTOLD = Statement("SELECT count(*) FROM salon_signups WHERE tell IN ('promoted', 'too_many')")
_IN_A_REST = Statement("SELECT count(*) FROM inbox WHERE status = 'waiting'")
_GOODS = Statement("SELECT id, path, stock, taken FROM mall_goods ORDER BY path")
_CLAIMS = Statement(
    "SELECT i.identity, c.points, c.state FROM mall_claims c"
    " JOIN identities i ON i.member_id = c.member_id"
    " WHERE c.goods_id = :goods AND c.slot IS NOT NULL"
)
_HELD = Statement("SELECT coalesce(sum(points), 0) FROM point_holds WHERE state = 'held'")
_POINTS = Statement(
    "SELECT i.identity, a.balance, a.held FROM point_accounts a"
    " JOIN identities i ON i.member_id = a.member_id"
)
_PAID = Statement(
    "SELECT coalesce(sum(e.points), 0) FROM point_entries e"
    " JOIN point_accounts h ON h.id = e.credit WHERE h.house = :house"
)
_BALLOTS = Statement(
    "SELECT i.identity, b.choices, b.paid FROM ballots b"
    " JOIN identities i ON i.member_id = b.member_id"
)
_SIGNUPS = Statement(
    "SELECT i.identity, s.state, s.at, s.number FROM salon_signups s"
    " JOIN identities i ON i.member_id = s.member_id ORDER BY s.at, s.number"
)
_INBOX = Statement("SELECT id, key, status, sender FROM inbox ORDER BY id")
_OUTBOX = Statement("SELECT key, status, recipient, payload, error FROM outbox ORDER BY id")


def files(now: datetime) -> dict[str, str]:
    """Return what operators have written: two kinds of goods, a poll, a salon."""
    goods = f"+++\n{_HEAD.format(stage='purchase')}stock = {STOCK}\nflash = true\n"
    starts = (now + timedelta(days=20)).replace(microsecond=0).isoformat()
    poll = 'title = "进什么"\noptions = ["新中式", "美拉德", "学院", "极简"]\n'
    head = f"+++\n{_HEAD.format(stage='consideration')}"
    return {
        "goods/a.md": f'{goods}title = "围巾"\npoints = {_FLASH_PRICE}\n+++\n暖和。\n',
        "goods/b.md": f'{goods}title = "手套"\npoints = {_KEPT_PRICE}\n'
        "reserve_hours = 48\n+++\n软。\n",
        "polls/a.md": f"{head}{poll}points = {_BALLOT_PRICE}\n+++\n选一个。\n",
        "salons/a.md": f'{head}title = "冬日大衣"\nstarts_at = {starts}\nplace = "一楼"\n'
        f"capacity = {PLACES}\n+++\n带你挑大衣。\n",
    }


def zone_of_noon(now: datetime) -> str:
    """Return a zone in which it is about noon: nobody is told anything at night."""
    ahead = 12 - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


class Rush(Chaos):
    """The program under a rush: everybody says a thing at once, and bots die meanwhile."""

    def __init__(
        self, folder: Path, database: str, *, people: int, replicas: int = 1, seed: int = 1
    ) -> None:
        super().__init__(folder, database, replicas=replicas, seed=seed)
        self.people = [f"member{number}" for number in range(people)]
        self.out: set[str] = set()
        """Who gives up her place."""
        self._numbers = count(8_000_000_000)
        self._somebody_listens = asyncio.Event()
        for path, text in files(SystemClock().now()).items():
            (folder / "content" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "content" / path).write_text(text, "utf-8")

    async def open(self) -> None:
        """Start the bots and wait until the rooms have read their files."""
        zone = zone_of_noon(SystemClock().now())
        config = CONFIG.replace("Asia/Shanghai", zone)
        self.bots[:] = [
            Bot(self._folder, self.platform.url, self._url, f"bot{number}", config=config)
            for number in range(self._replicas)
        ]
        for bot in self.bots:
            await bot.start()
            await bot.listens(self.http)
        deadline = time.monotonic() + _HEARS_WITHIN_S
        while self._ask(_READ) != (2, 1, 1):
            assert time.monotonic() < deadline, self.bots[0].last_words()
            await asyncio.sleep(0.1)

    def _ask(self, statement: Statement) -> tuple[object, ...]:
        with self.database.reading() as connection:
            return tuple(connection.run(statement, {})[0])

    async def all_say(self, text: Callable[[int], str], steps: Sequence[str] = ()) -> None:
        """Let everybody say it at once; meanwhile a bot dies at each step, if it gets there."""
        texts = {who: text(number) for number, who in enumerate(self.people)}
        await self.some_say(texts, steps)

    async def some_say(self, texts: dict[str, str], steps: Sequence[str] = ()) -> None:
        """Let some say something at once."""
        spoil(self.platform, self.dice, len(texts))
        for step in steps:
            victim = await self._make_room()
            await victim.start(f"{step}:{self.dice.randint(1, 6)}")
            await victim.listens(self.http)
            self._somebody_listens.set()
            self._begin(texts)
            await self._dies_or_all_is_done(victim, step)
        for bot in self.bots:
            if not bot.is_alive:
                await bot.start()
                await bot.listens(self.http)
        self._somebody_listens.set()
        self._begin(texts)
        await asyncio.gather(*self._talking)
        self._talking.clear()

    def _begin(self, texts: dict[str, str]) -> None:
        """Let all begin to say it, if they have not."""
        while texts:
            self._talking.add(asyncio.create_task(self._insist(*texts.popitem())))

    async def _insist(self, who: str, text: str) -> None:
        """Say it again, in a new message, until one has been taken."""
        while True:
            await self._somebody_listens.wait()
            now = SystemClock().now()
            message = Message(next(self._numbers), who, text, now)
            await self.postman.bring(message)
            if message.acknowledged:
                return

    async def _dies_or_all_is_done(self, victim: Bot, step: str) -> None:
        while victim.is_alive and (self._talking or self._ask(_IN_A_REST) != (0,)):
            await asyncio.sleep(0.03)
            self._talking = {task for task in self._talking if not task.done()}
            self._let_rests_end()
        self.kills["at the end" if victim.is_alive else step] += 1
        await victim.kill()
        if not any(bot.is_alive for bot in self.bots):
            self._somebody_listens.clear()

    @override
    def _under_way(self) -> tuple[object, ...]:
        waiting, leaving = super()._under_way()
        return int(str(waiting)) + int(str(self._ask(_UNTOLD)[0])), leaving

    @override
    def audit(self) -> list[str]:
        """Return every broken promise, one sentence each."""
        with self.database.reading() as connection:
            uow = UnitOfWork(connection, SystemClock())
            return [
                *self._messages(uow),
                *_told_once(uow, self.platform),
                *self._goods(uow),
                *self._points(uow),
                *self._ballots(uow),
                *self._salon(uow),
                *books_balance(uow),
            ]

    def _messages(self, uow: UnitOfWork) -> Iterator[str]:
        inbox = uow.run(_INBOX)
        stored = Counter(str(row[1]) for row in inbox)
        answered = Counter(str(row[0]) for row in uow.run(_OUTBOX))
        yield from (
            f"{one.number} was acknowledged and is lost"
            for one in self.postman.messages
            if one.acknowledged and str(one.number) not in stored
        )
        yield from (f"update {row[0]} is {row[2]}" for row in inbox if row[2] != "done")
        yield from (f"{key} came {times} times" for key, times in stored.items() if times > 1)
        wanted = {f"reply:{row[0]}:0" for row in inbox}
        yield from (f"{key} is missing" for key in wanted - answered.keys())

    def _winners(self, title: str) -> list[str]:
        """Return who has read that she has one, as often as she has."""
        said = f"：{title}。"
        return [
            one.to
            for one in self.platform.delivered
            if one.words.startswith(("抢到了", "预留好了")) and said in one.words
        ]

    def _goods(self, uow: UnitOfWork) -> Iterator[str]:
        for (number, path, stock, taken), title in zip(
            uow.run(_GOODS), ("围巾", "手套"), strict=True
        ):
            winners = Counter(str(who) for who, _, _ in uow.run(_CLAIMS, goods=number))
            told = Counter(self._winners(title))
            if not stock == taken == STOCK == len(winners) == sum(winners.values()):
                yield f"{path}: {taken} of {stock} taken, by {len(winners)} winners"
            if told != winners:
                yield f"{path}: told {told - winners} too much and {winners - told} not at all"

    def _points(self, uow: UnitOfWork) -> Iterator[str]:
        """Everybody has earned five points; each of them is spent, held or still hers."""
        claims = [uow.run(_CLAIMS, goods=number) for number, *_ in uow.run(_GOODS)]
        paid, kept = ({str(row[0]) for row in rows} for rows in claims)
        voted = {str(row[0]) for row in uow.run(_BALLOTS)}
        found = {str(who): (balance, held) for who, balance, held in uow.run(_POINTS)}
        for who in self.people:
            has = _EARNED - _FLASH_PRICE * (who in paid) - _BALLOT_PRICE * (who in voted)
            if found.get(who) != (wanted := (has, _KEPT_PRICE * (who in kept))):
                yield f"{who} has {found.get(who)} points and held, wanted {wanted}"
        for house, price, people in (("mall", _FLASH_PRICE, paid), ("poll", _BALLOT_PRICE, voted)):
            if uow.run(_PAID, house=house)[0][0] != price * len(people):
                yield f"{house} got {uow.run(_PAID, house=house)[0][0]} of {len(people)} people"
        if uow.run(_HELD)[0][0] != _KEPT_PRICE * STOCK:
            yield f"{uow.run(_HELD)[0][0]} points are held"

    def _ballots(self, uow: UnitOfWork) -> Iterator[str]:
        said = [one for one in self.postman.messages if one.text.startswith("投票")]
        last = {one.sender: one.text.split()[-1] for one in said if one.acknowledged}
        found = {str(who): str(choices) for who, choices, _ in uow.run(_BALLOTS)}
        if found != last:
            differ = {who for who in found.keys() | last.keys() if found.get(who) != last.get(who)}
            yield f"ballots of {sorted(differ)} are not what they chose last"

    def _salon(self, uow: UnitOfWork) -> Iterator[str]:
        rows = [(str(who), str(state)) for who, state, _, _ in uow.run(_SIGNUPS)]
        has = [who for who, state in rows if state == "in"]
        waits = [who for who, state in rows if state == "waiting"]
        if {who for who, state in rows if state == "out"} != self.out:
            yield "not those are out who wanted to be"
        if len(has) != PLACES:
            yield f"{len(has)} have one of {PLACES} places, and {len(waits)} wait"
        late = [who for who in has if self._waited(who)]
        promoted = (one for one in self.platform.delivered if one.words.startswith(_PROMOTED))
        told = Counter(one.to for one in promoted)
        gone = {who for who in self.out if self._waited(who)}  # her turn came before she gave it up
        if Counter(late) - told or told - Counter({*late, *gone}):
            yield f"told {told} that it is their turn, instead of {late}, and maybe {gone}"
        order = [who for who, state in rows if state != "out" and self._waited(who)]
        if order != [*late, *waits]:
            yield f"somebody overtook: {late} before {waits}, of {order}"

    def _waited(self, who: str) -> bool:
        return any("给你排上候补了" in one.words for one in self.platform.to(who))


_PROMOTED = "轮到你了"


def _told_once(uow: UnitOfWork, platform: FakeWecom) -> Iterator[str]:
    """Everything that was to be said has left, and was read once."""
    wanted: dict[str, Counter[str]] = {}
    for key, status, to, payload, error in uow.run(_OUTBOX):
        if status != "sent":
            yield f"{key} is {status}: {error}"
        part = outgoing_json.validate_json(str(payload)).part
        wanted.setdefault(str(to), Counter())[str(getattr(part, "text", ""))] += 1
    for who, words in wanted.items():
        read = Counter(one.words for one in platform.to(who))
        # of equal answers, to what she said again, one in doubt may pass for the twin of the other
        missing = {said for said in words - read if not read[said]}
        if missing or read - words:
            yield f"{who} has not read {missing}, and too often {read - words}"
    yield from (f"{one.to} was flooded" for one in platform.dropped)


async def rush_hour(rush: Rush, *, claim: Sequence[str] = (), more: Sequence[str] = ()) -> None:
    """Let everybody earn, claim, sign up, vote, change her mind; a third of them give up a place.

    Bots die at the steps `claim` while everybody claims, and at `more` in turn after that.
    """
    await rush.open()
    await rush.all_say(lambda _: "打卡")
    await rush.all_say(lambda _: "秒杀 1", claim)
    await rush.all_say(lambda _: "秒杀 2", more[3::4])
    await rush.all_say(lambda _: "报名 101", more[2::4])
    rush.out = set(rush.people[::3])
    await rush.some_say(dict.fromkeys(rush.out, "取消报名 101"), more[0::4])
    await rush.all_say(lambda number: f"投票 101 {number % 4 + 1}")
    await rush.all_say(lambda number: f"投票 101 {number % 3 + 1}", more[1::4])
