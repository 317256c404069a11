"""Fifty people want one time: one has it, on both databases, in whatever service it is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from bot.features.bookings import service
from bot.features.bookings.rules import Slot
from bot.features.bookings.service import Wish
from bot.kernel.errors import Refusal
from bot.kernel.work import UnitOfWork
from tests.features.bookings.conftest import TIDY, Village
from tests.kit.desk import Desk
from tests.kit.rooms import Store

OTHER = TIDY.replace("90", "45").replace('"10:00"', '"10:45"')


def slot(begins: str, ends: str) -> Slot:
    first, last = (datetime.fromisoformat(f"2026-08-29T{at}:00+08:00") for at in (begins, ends))
    return Slot(first, last)


def booking(village: Village, wish: Wish) -> Callable[[UnitOfWork], bool]:
    def book(uow: UnitOfWork) -> bool:
        try:
            with uow.attempt():
                service.book(uow, village.tools, wish)
        except Refusal:
            return False
        return True

    return book


def rush(village: Village, hands: int) -> None:
    village.offers()
    village.offers(OTHER, name="zz")
    people = [village.member(f"m{number}") for number in range(50)]
    long, short = slot("10:00", "11:30"), slot("10:45", "11:30")
    wishes = [
        Wish(her, 1 + number % 2, short if number % 2 else long)
        for number, her in enumerate(people)
    ]
    with ThreadPoolExecutor(hands) as threads:
        work = [booking(village, wish) for wish in wishes]
        won = list(threads.map(village.store.do, work))
    assert sum(won) == 1
    assert village.store.count("bookings") == 1
    assert village.store.count("booked_quarters") in {3, 6}


def test_one_has_it(village: Village) -> None:
    rush(village, 1)


@pytest.mark.postgres
def test_one_has_it_among_replicas(postgres: str, tmp_path: Path) -> None:
    village = Village(Store(tmp_path, postgres), Desk(tmp_path))
    rush(village, 6)
    village.store.close()


@pytest.mark.postgres
def test_one_person_s_hasty_fingers_book_once(postgres: str, tmp_path: Path) -> None:
    village = Village(Store(tmp_path, postgres), Desk(tmp_path))
    village.offers()
    her = village.member("amei")
    times = [slot("10:00", "11:30"), slot("14:00", "15:30")]
    with ThreadPoolExecutor(6) as threads:
        work = [booking(village, Wish(her, 1, times[n % 2])) for n in range(40)]
        assert sum(threads.map(village.store.do, work)) == 1
    assert village.store.count("booked_quarters") == 6
    village.store.close()
