"""Kills the real program again and again while members write, then reads all its books.

The bot runs as its own processes. `FakeWecom` stands for the platform's API; `Postman` is the
platform's other half, which brings callbacks: again when it got no 200, twice for no reason,
out of order, hanging up before the answer. Each member's answers differ from each other, so
that every single one can be followed from her message to her phone.
"""

import asyncio
import logging
import os
import random
import sqlite3
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout
from sqlalchemy.exc import OperationalError

from bot.commons.points.books import books_balance
from bot.kernel.clock import SystemClock
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline.outbox import outgoing_json
from bot.storage.columns import micros
from bot.storage.db import Database
from bot.storage.migrate import upgrade
from tests.kit.mail import AES_KEY, TOKEN, Mail, text_message
from tests.kit.platforms import AGENT, CORP, SECRET, FakeWecom, Fault
from tests.kit.postgres import free_port

ROOT = Path(__file__).parents[2]
STEPS = (
    "inbox.written",  # in the transaction that writes the message down
    "inbox.accepted",  # it is on disk, the platform has no answer yet
    "inbox.handling",  # in the transaction that has the effect
    "inbox.handled",  # the effect and the answer's row are on disk
    "outbox.claimed",  # the platform has not been called
    "outbox.sent",  # the platform has it, the receipt is not on disk
    "outbox.recorded",  # the receipt is on disk
)
_DOOR = "/callback/wecom_app"
_FIRST_DAY = datetime(2026, 1, 1, 4, tzinfo=UTC)
_TRIES = 4  # the first and three more, as the platform does (path/90238, 2026-07)
_ALIVE_S = 30.0
_TALKS = 10  # at the same time
_SECRETS = {"CHAOS_SECRET": SECRET, "CHAOS_TOKEN": TOKEN, "CHAOS_AES_KEY": AES_KEY}
CONFIG = """
[community]
name = "拾光衣橱"
timezone = "Asia/Shanghai"
[server]
port = {port}
[database]
url = "{url}"
[paths]
content = "content"
schedules = "schedules"
[channels.wecom_app]
api_base = "{api}"
corp_id = "{corp}"
agent_id = {agent}
secret = "env:CHAOS_SECRET"
token = "env:CHAOS_TOKEN"
encoding_aes_key = "env:CHAOS_AES_KEY"
[log]
level = "warning"
format = "json"
"""

# What passes while the calm lasts: a rest that the platform asked for, a back-off.
_END_RESTS = Statement("DELETE FROM pauses")
_HURRY_IN = Statement("UPDATE inbox SET due_at = :now WHERE status = 'waiting' AND due_at > :now")
_HURRY_OUT = Statement("UPDATE outbox SET due_at = :now WHERE status = 'queued' AND due_at > :now")
_OPEN = Statement(
    "SELECT (SELECT count(*) FROM inbox WHERE status = 'waiting'),"
    " (SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending'))"
)
_INBOX = Statement("SELECT id, key, status, sender FROM inbox ORDER BY id")
_OUTBOX = Statement("SELECT id, key, status, recipient, payload, error FROM outbox ORDER BY id")
_CHECKINS = Statement(
    "SELECT i.identity, c.day FROM checkins c JOIN identities i ON i.member_id = c.member_id"
)
_AWARDS = Statement("SELECT count(*) FROM point_entries WHERE reason = 'checkin'")


class Bot:
    """One process of the real program, on a port of its own."""

    def __init__(
        self,
        folder: Path,
        api: str,
        database: str,
        name: str = "bot",
        *,
        config: str = CONFIG,
        more: str = "",
    ) -> None:
        self.port = free_port()
        self._log = folder / f"{name}.log"
        self._config = folder / f"{name}.toml"
        for paths in ("content", "schedules"):
            (folder / paths).mkdir(exist_ok=True)
        self._config.write_text(
            config.format(port=self.port, url=database, api=api, corp=CORP, agent=AGENT) + more,
            "utf-8",
        )
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_alive(self) -> bool:
        """True while the process runs."""
        return self._process is not None and self._process.returncode is None

    async def start(self, crash_at: str = "") -> None:
        """Start the process; it may not listen yet."""
        environment = os.environ | _SECRETS | {"BOT_CRASH_AT": crash_at}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run", "--config", str(self._config)),
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )

    async def listens(self, http: ClientSession) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + _ALIVE_S
        while time.monotonic() < deadline and self.is_alive:
            with suppress(ClientError, TimeoutError):
                async with http.get(f"{self.url}/healthz"):
                    return
            await asyncio.sleep(0.02)

    async def dies(self, within_s: float) -> int:
        """Wait for its own end; return the exit code.

        Raises:
            TimeoutError: it lives on.
        """
        assert self._process is not None
        try:
            return await asyncio.wait_for(self._process.wait(), within_s)
        except TimeoutError:
            raise TimeoutError(f"it lives on; it said: {self.last_words()}") from None

    async def kill(self) -> None:
        """End it without any goodbye, if it runs."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def end(self) -> int:
        """Ask it to end; return the exit code."""
        assert self._process is not None
        self._process.terminate()
        return await self.dies(15)

    def last_words(self) -> str:
        """Return the end of its log."""
        return self._log.read_text("utf-8")[-2000:]


@dataclass
class Message:
    """What a member wrote, and what the platform knows of it."""

    number: int
    sender: str
    text: str
    at: datetime
    acknowledged: bool = False
    orderly: bool = True
    """False when the platform brought it out of order, so that any order is right."""


@dataclass
class Postman:
    """Brings callbacks as a platform under stress does."""

    http: ClientSession
    doors: Sequence[Bot]
    dice: random.Random
    messages: list[Message] = field(default_factory=list)
    refusals: Counter[int] = field(default_factory=Counter)

    async def bring(self, message: Message) -> None:
        """Bring a message until it is acknowledged, at most three times more."""
        self.messages.append(message)
        for attempt in range(_TRIES):
            if await self._knock(message):
                message.acknowledged = True
                break
            await asyncio.sleep(0.25 * 2**attempt)
        if self.dice.random() < 0.15:
            await asyncio.sleep(self.dice.random() * 0.2)
            message.acknowledged |= await self._knock(message)

    async def _knock(self, message: Message) -> bool:
        """Bring it once; True when the answer 200 has been read."""
        plain = text_message(message.sender, message.text, message.number, message.at.timestamp())
        query, body = Mail().http(
            Mail().post(plain, time.time(), nonce=str(self.dice.randrange(10**9)))
        )
        door = self.dice.choice(self.doors)
        hangs_up = self.dice.random() < 0.08
        patience = ClientTimeout(total=0.003 if hangs_up else 4)
        try:
            async with self.http.post(
                f"{door.url}{_DOOR}?{query}", data=body, timeout=patience
            ) as answer:
                if answer.status != 200:
                    self.refusals[answer.status] += 1
                return answer.status == 200
        except (ClientError, TimeoutError, OSError):
            return False


class Members:
    """Invents what members write: each of them days in a row, so that no two answers equal."""

    PER_MEMBER = 12
    """Below what the platform lets one member hear in a minute."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._numbers = count(7_000_000_000)
        self._names = count(1)
        self._waiting: list[Iterator[Message]] = []

    def next_talk(self, many: int) -> list[list[Message]]:
        """Return what some members say next: a list for each, in her order."""
        talks = []
        for _ in range(many):
            if not self._waiting:
                self._waiting = [self._talk() for _ in range(8)]
            member = self._dice.choice(self._waiting)
            words = [one for _, one in zip(range(self._dice.randint(1, 4)), member, strict=False)]
            if len(words) == 0:
                self._waiting.remove(member)
            talks.append(words)
        return [words for words in talks if words]

    def _talk(self) -> Iterator[Message]:
        name = f"member{next(self._names)}"
        orderly = self._dice.random() < 0.6
        texts = [(day, "打卡") for day in range(self.PER_MEMBER)]
        texts.insert(self._dice.randint(1, 8), (0, "我的积分"))
        if not orderly:
            self._dice.shuffle(texts)
        for day, text in texts:
            at = _FIRST_DAY + timedelta(days=day)
            yield Message(next(self._numbers), name, text, at, orderly=orderly)


def spoil(platform: FakeWecom, dice: random.Random, calls: int, *, slow: bool = False) -> None:
    """Script the platform's next answers: some wrong, some late, some lost on the way."""
    ways = (
        lambda: Fault(errcode=-1),
        lambda: Fault(errcode=45009),
        lambda: Fault(errcode=42001),
        lambda: Fault(status=502, raw=b"<html>"),
        lambda: Fault(status=502, raw=b"<html>", taken=True),
        lambda: Fault(drop=True),
        lambda: Fault(drop=True, taken=True),
        lambda: Fault(delay_s=dice.uniform(0.05, 0.4), taken=True),
    )
    for _ in range(calls):
        fault = dice.choice(ways)() if dice.random() < 0.15 else Fault()
        platform.faults["message/send"].append(fault)
    if slow:
        platform.faults["message/send"].append(Fault(delay_s=11, drop=True, taken=True))
    if dice.random() < 0.15:
        platform.faults["gettoken"].append(Fault(errcode=-1))


class Chaos:
    """The whole proof: bots, platform, members and the audit at the end."""

    def __init__(self, folder: Path, database: str, *, replicas: int = 1, seed: int = 1) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.platform = FakeWecom()
        self.kills: Counter[str] = Counter()
        self.members = Members(self.dice)
        self._folder = folder
        self._url = database
        self._replicas = replicas
        self._talking: set[asyncio.Task[None]] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __aenter__(self) -> Self:
        logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # callers that were killed
        await self.platform.__aenter__()
        self.bots = [
            Bot(self._folder, self.platform.url, self._url, f"bot{number}")
            for number in range(self._replicas)
        ]
        self.database = Database(self._url)
        upgrade(self.database)
        self.http = ClientSession()
        self.postman = Postman(self.http, self.bots, self.dice)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._talking:
            task.cancel()
        for bot in self.bots:
            await bot.kill()
        await self.http.close()
        self.database.close()
        await self.platform.__aexit__()

    async def kill_at(self, step: str, times: int = 2) -> None:
        """Let a bot run until it kills itself at a named step."""
        victim = await self._make_room()
        await victim.start(f"{step}:{times}")
        await self._talk_until(asyncio.create_task(victim.dies(_ALIVE_S)))
        self.kills[step] += 1

    async def kill_after(self, seconds: float, *, slow: bool = False) -> None:
        """Kill a bot so long after it began to listen; negative: while it starts."""
        victim = await self._make_room()
        await victim.start()
        await self._talk_until(asyncio.create_task(self._strike(victim, seconds)), slow=slow)
        self.kills["at random"] += 1

    async def _make_room(self) -> Bot:
        """Return a bot that is down; all others run."""
        victim = self.dice.choice(self.bots)
        for bot in self.bots:
            if bot is victim and bot.is_alive:
                await bot.kill()
                self.kills["to begin anew"] += 1
            elif bot is not victim and not bot.is_alive:
                await bot.start()
        return victim

    async def _strike(self, victim: Bot, seconds: float) -> None:
        if seconds >= 0:
            await victim.listens(self.http)
        await asyncio.sleep(abs(seconds))
        await victim.kill()

    async def _talk_until(self, end: "asyncio.Task[object]", *, slow: bool = False) -> None:
        """Let members write until `end`; what is under way then is brought to the next bot."""
        spoil(self.platform, self.dice, 40, slow=slow)
        while not end.done():
            if len(self._talking) < _TALKS:
                for words in self.members.next_talk(2):
                    self._talking.add(asyncio.create_task(self._say(words)))
            await asyncio.sleep(0.03)
            self._talking = {task for task in self._talking if not task.done()}
            self._let_rests_end()
        await end

    async def _say(self, words: Sequence[Message]) -> None:
        async with self._turns[words[0].sender]:
            if words[0].orderly:
                for message in words:
                    await self.postman.bring(message)
            else:
                await asyncio.gather(*(self.postman.bring(message) for message in words))

    def _let_rests_end(self) -> None:
        """Let the minutes pass that platform and bot would wait."""
        if self.dice.random() < 0.1:
            with suppress(OperationalError, sqlite3.OperationalError):  # the lock is taken
                self._hurry()

    def _hurry(self) -> None:
        now = micros(SystemClock().now())
        with self.database.writing() as connection:
            connection.run(_END_RESTS, {})
            connection.run(_HURRY_IN, {"now": now})
            connection.run(_HURRY_OUT, {"now": now})

    # ── the end ─────────────────────────────────────────────────────────────────────────

    async def calm(self, within_s: float = 30.0) -> None:
        """Stop all trouble and wait until nothing is under way; then end the bots.

        Raises:
            AssertionError: something is left, or a bot did not end well.
        """
        for calls in self.platform.faults.values():
            calls.clear()
        for bot in self.bots:
            if not bot.is_alive:
                await bot.start()
            await bot.listens(self.http)
        await asyncio.gather(*self._talking)
        deadline = time.monotonic() + within_s
        while self._under_way() != (0, 0):
            assert time.monotonic() < deadline, (self._under_way(), self.bots[0].last_words())
            self._hurry()
            await asyncio.sleep(0.3)
        for bot in self.bots:
            code = await bot.end()
            assert code == 0, (code, bot.last_words())

    def _under_way(self) -> tuple[object, ...]:
        with self.database.reading() as connection:
            return tuple(connection.run(_OPEN, {})[0])

    def audit(self) -> list[str]:
        """Return every broken promise, one sentence each."""
        with self.database.reading() as connection:
            return audit(UnitOfWork(connection, SystemClock()), self.postman, self.platform)


def audit(uow: UnitOfWork, postman: Postman, platform: FakeWecom) -> list[str]:
    """Compare what members wrote, what the bot keeps and what members read."""
    inbox = [(int(str(i)), str(key), str(s), str(who)) for i, key, s, who in uow.run(_INBOX)]
    by_key = {str(one.number): one for one in postman.messages}
    stored = {key for _, key, _, _ in inbox}
    wrong = [
        f"{key} was acknowledged and is lost"
        for key, one in by_key.items()
        if one.acknowledged and key not in stored
    ]
    wrong += [f"update {i} is {status}" for i, _, status, _ in inbox if status != "done"]
    wrong += [f"update {i} came twice" for key, i in Counter(stored).items() if i > 1]
    wrong += _effects(uow, [by_key[key] for key in stored])
    wrong += _answers(uow, inbox, platform)
    wrong += _order(inbox, by_key)
    wrong += books_balance(uow)
    return wrong


def _effects(uow: UnitOfWork, accepted: Sequence[Message]) -> list[str]:
    days = Counter((str(who), str(day)) for who, day in uow.run(_CHECKINS))
    wanted = {(m.sender, m.at.date().isoformat()) for m in accepted if m.text == "打卡"}
    wrong = [f"check-in {one} happened {times} times" for one, times in days.items() if times > 1]
    wrong += [f"check-in {one} is missing" for one in wanted - days.keys()]
    wrong += [f"check-in {one} has no message" for one in days.keys() - wanted]
    awards = int(str(uow.run(_AWARDS)[0][0]))
    return wrong + ([f"{awards} awards"] if awards != len(days) else [])


def _answers(
    uow: UnitOfWork, inbox: Sequence[tuple[int, str, str, str]], platform: FakeWecom
) -> list[str]:
    """Check that everything is answered once and read once, in the order it was written down."""
    rows = uow.run(_OUTBOX)
    wrong = [f"message {row[0]} is {row[2]}: {row[5]}" for row in rows if row[2] != "sent"]
    keys = [str(row[1]) for row in rows]
    answered = {f"reply:{number}:0" for number, _, _, _ in inbox}
    wrong += [f"{key} is missing" for key in answered - set(keys)]
    wrong += [f"{key} answers nothing" for key in set(keys) - answered]
    wrong += [f"{one.to} was flooded" for one in platform.dropped]
    said: dict[str, list[str]] = {}
    numbers: dict[str, list[int]] = {}
    for _, key, _, to, payload, _ in rows:
        part = outgoing_json.validate_json(str(payload)).part
        said.setdefault(str(to), []).append(getattr(part, "text", ""))
        numbers.setdefault(str(to), []).append(int(str(key).split(":")[1]))
    for member, words in said.items():
        read = [one.words for one in platform.to(member)]
        missing, extra = Counter(words) - Counter(read), Counter(read) - Counter(words)
        if missing or extra:
            wrong.append(f"{member} has not read {[*missing]}, and too often {[*extra]}")
        elif read != words:
            places = [read.index(one) for one in words]
            wrong.append(f"{member} has read answers in the order {places}")
        if numbers[member] != sorted(numbers[member]):
            wrong.append(f"{member} is answered out of order: {numbers[member]}")
    return wrong


def _order(inbox: Sequence[tuple[int, str, str, str]], by_key: dict[str, Message]) -> list[str]:
    """Check that what was acknowledged one after the other was also written down so."""
    numbers: dict[str, list[int]] = {}
    for _, key, _, sender in inbox:
        if by_key[key].orderly:
            numbers.setdefault(sender, []).append(by_key[key].number)
    return [f"{who} was heard out of order" for who, got in numbers.items() if got != sorted(got)]
