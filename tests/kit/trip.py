"""Rooms made to show the trip of a message, and what they leave behind."""

import asyncio
from datetime import datetime
from pathlib import Path

from prometheus_client import Counter

from bot.kernel.errors import Refusal
from bot.kernel.feature import Feature
from bot.kernel.messages import Reply, Text
from bot.kernel.metrics import REGISTRY
from bot.kernel.router import Router
from bot.kernel.work import Context, Statement
from bot.pipeline.housekeeping import retention
from tests.kit.house import HouseUnderTest, Phone
from tests.kit.workshop import until

NOTE = Statement("INSERT INTO audit (at, who, what, why) VALUES (0, 'test', :what, '')")
NOTES = "SELECT what FROM audit WHERE who = 'test' ORDER BY id"

router = Router()
failures: list[Exception] = []
"""What 说 raises, one each time."""


@router.command("说", argument=True)
def say(ctx: Context) -> Reply:
    """Leave a note, then fail as told or answer."""
    ctx.uow.run(NOTE, what=f"{ctx.update.sender}:{ctx.argument}")
    if failures:
        raise failures.pop(0)
    return Reply(part=Text(f"听到 {ctx.argument}"))


@router.command("长篇")
def say_a_lot(ctx: Context) -> Reply:
    """Write more than a small disk takes."""
    ctx.uow.run(NOTE, what="长" * 100_000)
    return Reply(part=Text("记下了"))


@router.command("两句")
def say_twice(_ctx: Context) -> list[Reply]:
    """Answer with two messages."""
    return [Reply(part=Text("一")), Reply(part=Text("二"))]


class No(Refusal):
    """A refusal."""

    template = "pipeline/outbox_maybe.txt.j2"  # any template that takes words


async def housekeeping(house: HouseUnderTest) -> None:
    """Let a minute's housekeeping run."""
    await house.house.writer.do(lambda uow: retention(days=90).run(uow, house.tools))
    await house.house.engine.settle()


async def dying_while_sending(folder: Path, phone: Phone) -> datetime:
    """Leave a message `sending`; return since when."""
    phone.slow = asyncio.Event()
    async with HouseUnderTest(folder, [Feature("help", router)], phone) as house:
        await house.house.inbox.accept([house.update("amei", "说 1")])
        await until(lambda: is_sending(house))
        await house.house.stop(within_s=0)
        phone.slow = None
        return house.clock.now()


async def is_sending(house: HouseUnderTest) -> bool:
    """Return True while a message is claimed."""
    return bool(await house.ask("SELECT id FROM outbox WHERE status = 'sending'"))


def unheard() -> float:
    """Return how many updates no room answered."""
    return REGISTRY.get_sample_value("bot_updates_unheard_total", {"channel": "phone"}) or 0.0


def counted(counter: Counter) -> float:
    """Return what a counter stands at."""
    return next(iter(counter.collect())).samples[0].value
