"""Two replicas at once: whoever came is asked once, and heard of once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import members
from bot.features.doors import arriving, feedback
from bot.features.salons import closing
from bot.kernel.events import Event, SalonAttended
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.desk import Desk
from tests.kit.rooms import NOON, Store
from tests.kit.salons import KEFU, Street, add_salon

AT_ONCE = 6


def a_hundred_and_thirty_come(uow: UnitOfWork) -> list[MemberId]:
    """Let more come than are asked in one bite."""
    people = [members.resolve(uow, KEFU, f"m{number}", NOON) for number in range(130)]
    for her in people:
        arriving.came(uow, 1, her, who="lin")
    return people


@pytest.mark.postgres
def test_two_replicas_tell_everybody_once_and_publish_who_came_once(
    postgres: str, tmp_path: Path
) -> None:
    store = Store(tmp_path, postgres)
    street = Street(store, Desk(tmp_path))
    add_salon(store, 300)
    people = store.do(a_hundred_and_thirty_come)
    store.do(lambda uow: closing.close_next(uow, NOON + timedelta(days=3)))

    def tell(_: int) -> list[Event]:
        with store.unit() as uow:
            feedback.ask_some(uow, street.tools)
            return list(uow.events)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        told = [event for events in threads.map(tell, range(30)) for event in events]
    assert sorted(event.member for event in told if isinstance(event, SalonAttended)) == people
    assert store.count("letters") == 130
    store.close()
