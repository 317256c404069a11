"""Fifty at once for ten places; those who cancel at once make room once each."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from bot.features import trials
from bot.features.trials import service
from bot.features.trials.rules import TrialSettings
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.features.trials.conftest import ENDS, TRIAL, TrialHall
from tests.kit.rooms import NOON, Store


def applying(hall: TrialHall, member: MemberId, second: int) -> Callable[[UnitOfWork], str]:
    def apply(uow: UnitOfWork) -> str:
        wish = service.Wish(member, 1, NOON + timedelta(seconds=second))
        return service.apply(uow, hall.tools, wish).application.state

    return apply


def cancelling(hall: TrialHall, member: MemberId) -> Callable[[UnitOfWork], str]:
    return lambda uow: service.cancel(uow, hall.tools, member, 1).title


def test_ten_of_fifty_are_in_and_forty_wait_in_order(store_on_both: Store, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    hall = TrialHall(store_on_both, trials.feature, tmp_path / "files", TrialSettings())
    hall.writes(TRIAL.replace("quota = 2", "quota = 10") + ENDS)
    people = [hall.member(f"m{number}") for number in range(50)]
    work = [applying(hall, her, second) for second, her in enumerate(people)]
    with ThreadPoolExecutor(6) as threads:
        first = list(threads.map(store_on_both.do, [*work, *work]))
    assert sorted(first[:50]) == ["accepted"] * 10 + ["waiting"] * 40
    assert first[50:] == first[:50]
    in_order = hall.asks(
        "SELECT sent_at FROM trial_applications WHERE state = 'waiting' ORDER BY place, id"
    )
    assert in_order == sorted(in_order)

    inside = [her for her, state in zip(people, first, strict=False) if state == "accepted"]
    waiting = [her for her, state in zip(people, first, strict=False) if state == "waiting"]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(store_on_both.do, [cancelling(hall, her) for her in inside[:5]]))
    now_in = hall.asks("SELECT member_id FROM trial_applications WHERE state = 'accepted'")
    assert {one for (one,) in now_in} == {*inside[5:], *waiting[:5]}
    assert hall.asks("SELECT COUNT(*) FROM letters") == [(5,)]
