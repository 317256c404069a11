"""A model on a loopback port that completes chats, and a house that asks it."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from aiohttp import web
from typing_extensions import override

from bot.channels.opinion import OpinionDoor
from bot.commons import reception
from bot.commons.cases import Concern, Kind
from bot.commons.detection import ALERT
from bot.features import opinion
from bot.kernel.abilities import Abilities
from bot.kernel.community import Advisor, Advisors
from bot.kernel.events import Judged
from bot.kernel.feature import Feature
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Reply
from bot.kernel.opinions import SecondOpinion
from bot.kernel.router import Overheard, Router
from bot.kernel.work import Context
from tests.kit.house import CAPABILITY, HouseUnderTest, Phone
from tests.kit.loopback import ELSEWHERE, Loopback

KEY, MODEL = "sk-of-the-test", "qwen-of-the-test"
TRUE_ALARM = {"label": "complaint", "severity": 2, "score": 0.9, "reason": "衣服坏了，等了很久"}
FALSE_ALARM = {"label": "faq", "severity": 0, "score": 0.02, "reason": "只是在问问题"}


@dataclass
class FakeModel(Loopback):
    """Says `says`, or what is scripted in `next`; keeps what it was asked."""

    says: Mapping[str, object] = field(default_factory=lambda: dict(TRUE_ALARM))
    takes_schemas: bool = True
    lists: tuple[str, ...] | None = (MODEL, "another")
    tokens: int | None = 321
    key: str = KEY

    def __post_init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.next: deque[int | str | None] = deque()
        """For the next questions: a status, the words of an answer, or None to say nothing."""
        self.elsewhere = 0
        self._closing = asyncio.Event()

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        return [web.post("/v1/chat/completions", self._complete), web.get("/v1/models", self._list)]

    @override
    async def __aexit__(self, *how: object) -> None:
        self._closing.set()
        await super().__aexit__(*how)

    def turns(self, number: int = -1) -> Sequence[Mapping[str, str]]:
        """Return the turns that a question held."""
        said = self.asked[number]["messages"][1]["content"]
        inside = said.removeprefix("<conversation>").removesuffix("</conversation>")
        turns: list[Mapping[str, str]] = json.loads(inside)
        return turns

    async def _complete(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization", ""))
        body = await request.json()
        if "response_format" in body and not self.takes_schemas:
            return web.json_response({"error": "unknown field response_format"}, status=400)
        self.asked.append(body)
        said = self.next.popleft() if self.next else json.dumps(self.says, ensure_ascii=False)
        if said is None:
            await self._closing.wait()
            return web.Response(status=500)
        if isinstance(said, int):
            return web.Response(status=said, headers={"Location": ELSEWHERE}, text="{}")
        used = {} if self.tokens is None else {"usage": {"total_tokens": self.tokens}}
        message = {"role": "assistant", "content": said}
        return web.json_response({"choices": [{"message": message}], **used})

    async def _list(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.Response(status=401)
        if self.lists is None:
            return web.Response(status=404)
        return web.json_response({"data": [{"id": name} for name in self.lists]})

    def door(self, **changes: Any) -> OpinionDoor:
        """Return a door to this model."""
        settings: dict[str, Any] = {
            "base_url": f"{self.url}/v1",
            "model": MODEL,
            "api_key": KEY,
            "timeout_s": 5.0,
            "requests_per_day": 100,
            "tokens_per_day": 1_000_000,
        }
        return OpinionDoor(**(settings | changes))


@dataclass(frozen=True)
class Found:
    """What a detector finds that is `score` sure."""

    score: float
    severity: int = 1
    label: str = "complaint"


def doubting(found: Mapping[str, Found]) -> Feature:
    """Return a room that judges as care does, and finds in a message what a test says of its words.

    What the true detector is sure of changes with its rules; a test of doubts must not.
    """
    router = Router()

    @router.watch
    def has_a_human(ctx: Context) -> bool:
        return reception.owner_of(ctx.uow, ctx.member) is not None

    @router.overhear
    def judge(ctx: Context, _heard: Overheard) -> Sequence[Reply] | None:
        update = ctx.update
        one = next((one for words, one in found.items() if words in update.text), Found(0.0))
        who = (update.channel, update.via, update.sender or "")
        why = ("等了很久",)
        event = Judged(
            ctx.member,
            *who,
            update.key,
            update.at,
            update.text,
            one.score,
            one.label,
            one.severity,
            why,
            update.group or "",
        )
        ctx.uow.publish(event)
        if one.score < ALERT:
            return None
        place = (why, update.at, *who)
        concern = Concern(ctx.member, Kind.COMPLAINT, one.severity, *place, key=update.key)
        return reception.hand_over(ctx.uow, ctx.tools, concern) or None

    return Feature("doubting", router)


class Asking(HouseUnderTest):
    """A house whose detector is in doubt, and which asks a model."""

    def __init__(self, folder: Path, found: Mapping[str, Found], **more: Any) -> None:
        phone = Phone(capability=replace(CAPABILITY, hands_over=True))
        super().__init__(folder, [doubting(found), opinion.feature], phone, **more)
        self.tools.add(Advisors, Advisors([Advisor("lisi", "李顾问")]))

    def asks(self, model: SecondOpinion) -> Self:
        """Let the house ask a model."""
        self.tools.use(Abilities).offer(ChannelName("opinion"), {SecondOpinion: model})
        return self

    async def outcome(self) -> tuple[str, str, str]:
        """Return state, why and what became of the latest question."""
        sql = "SELECT state, why, became FROM opinions ORDER BY id DESC LIMIT 1"
        [(state, why, became)] = await self.ask(sql)
        return str(state), str(why), str(became)

    async def later(self, **how_long: float) -> None:
        """Let time go by, and whatever is due then happen."""
        self.clock.tick(seconds=timedelta(**how_long).total_seconds())
        await self.house.engine.settle()


@asynccontextmanager
async def asking(
    folder: Path, model: SecondOpinion, found: Mapping[str, Found], **more: Any
) -> AsyncIterator[Asking]:
    """Run a house that asks `model` where its detector has found what is in doubt."""
    async with Asking(folder, found, **more).asks(model) as house:
        yield house
