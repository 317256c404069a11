"""Two replicas write down a conversation one after the other, so that ids tell the order."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.errors import LockNotAvailable

from bot.app import PERSONAL
from bot.commons import members
from bot.features import checkin, wallet
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Update, UpdateKind
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import inbox
from bot.storage.db import Database, OpenConnection
from tests.kit.house import PHONE, HouseUnderTest
from tests.kit.rooms import NOON, Store, TurnedClock

pytestmark = pytest.mark.postgres


def hear(connection: OpenConnection, who: str, key: str) -> None:
    conversation = f"phone:{who}"
    update = Update(
        ChannelName("phone"), key, UpdateKind.TEXT, conversation, NOON, who, text="打卡"
    )
    inbox.put(UnitOfWork(connection, TurnedClock()), [update])


@pytest.fixture
def replicas(postgres: str, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """Offer two replicas' databases; the second loses patience soon."""
    store = Store(tmp_path, postgres)
    other = Database(postgres, wait_s=0.2)
    yield store.database, other
    other.close()
    store.close()


def test_a_conversation_that_is_being_written_down_waits(
    replicas: tuple[Database, Database],
) -> None:
    one, other = replicas
    with one.writing() as first:
        hear(first, "amei", "k1")
        with pytest.raises(LockNotAvailable), other.writing() as second:
            hear(second, "amei", "k2")
    with other.writing() as second:
        hear(second, "amei", "k2")


def test_another_conversation_does_not_wait(replicas: tuple[Database, Database]) -> None:
    one, other = replicas
    with one.writing() as first:
        hear(first, "amei", "k1")
        with other.writing() as second:
            hear(second, "xiaoyu", "k2")


async def test_whoever_handles_a_message_takes_turns_with_merges_of_its_sender(
    postgres: str, tmp_path: Path
) -> None:
    """She is looked up only then: a merge that was under way has moved her meanwhile."""
    store = Store(tmp_path, postgres)
    async with HouseUnderTest(tmp_path, [checkin.feature, wallet.feature], url=postgres) as house:
        await house.hears("oAmei", "我的积分")
        amei = store.do(lambda uow: members.resolve(uow, PHONE, "amei", NOON))
        with store.database.writing() as merging:
            uow = UnitOfWork(merging, store.clock)
            joined = members.find(uow, PHONE, "oAmei")
            assert joined is not None
            how = members.How.OPERATOR
            members.merge(uow, PERSONAL, amei, joined, how=how, who="lisi", why="")
            await house.house.inbox.accept([house.update("oAmei", "打卡")])
            handling = asyncio.create_task(house.house.engine.settle())
            done, _ = await asyncio.wait([handling], timeout=0.3)
            assert not done
        await handling

    rows = Statement("SELECT member_id FROM checkins")
    with store.unit() as uow:
        found = [tuple(row) for row in uow.run(rows)]
        kept = members.find(uow, PHONE, "amei")
    assert found == [(kept,)]
    store.close()
