"""Two replicas write down a conversation one after the other, so that ids tell the order."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.errors import LockNotAvailable

from bot.kernel.ids import ChannelName
from bot.kernel.messages import Update, UpdateKind
from bot.kernel.work import UnitOfWork
from bot.pipeline import inbox
from bot.storage.db import Database, OpenConnection
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
