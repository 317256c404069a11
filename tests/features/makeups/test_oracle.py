"""Days said late, made up, given and taken back: streak and points are what a slow count says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons import members, points
from bot.commons.checkins import service
from bot.commons.checkins.rules import BonusAgain, CheckinSettings, Streak, streak_of_days
from bot.features.makeups import amnesty, makeup
from bot.features.makeups.amnesty import NoAmnesty, Outage
from bot.features.makeups.makeup import NoMakeup, Wish
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import NOON, Store

DAY = timedelta(days=1)
TODAY = date(2026, 8, 24)
FIRST = TODAY - 14 * DAY
BASE, BONUS, EVERY, COST, HAS = 1, 100, 3, 7, 1000
fresh = count()

numbers = st.integers(0, 13)
deeds = st.one_of(
    st.tuples(st.just("say"), numbers),
    st.tuples(st.just("make up"), numbers),
    st.tuples(st.just("give"), numbers),
    st.tuples(st.just("take back"), st.integers(1, 3)),
)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(tmp_path_factory.mktemp("oracle"))
    yield opened
    opened.close()


@dataclass
class Oracle:
    """Counts everything anew each time, the slow and obvious way."""

    again: BonusAgain
    won: dict[date, int] = field(default_factory=dict)
    """What each day has brought."""
    given: dict[int, list[date]] = field(default_factory=dict)
    paid: int = 0
    had: bool = False

    def add(self, day: date, base: int) -> None:
        before = self._bonuses(set(self.won))
        after = self._bonuses({*self.won, day})
        bonus = max(0, after - before) * BONUS
        if self.again is BonusAgain.ONCE:
            bonus = 0 if self.had or not after else BONUS
            self.paid -= bonus  # kept apart from the day: it stays when the day goes
            self.had = self.had or bonus > 0
            bonus = 0
        self.won[day] = base + bonus

    def _bonuses(self, days: set[date]) -> int:
        lengths = [len(run) for run in runs_of(days)]
        if self.again is BonusAgain.EVERY:
            return sum(length // EVERY for length in lengths)
        return sum(length >= EVERY for length in lengths)

    @property
    def balance(self) -> int:
        return HAS + sum(self.won.values()) - self.paid

    @property
    def streak(self) -> Streak | None:
        return streak_of_days(sorted(self.won))


def runs_of(days: set[date]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


class Real:
    """Does the same by the use cases."""

    def __init__(self, uow: UnitOfWork, again: BonusAgain) -> None:
        self.uow = uow
        self.rules = CheckinSettings(
            base_points=BASE,
            bonus_points=BONUS,
            bonus_every_days=EVERY,
            bonus_again=again,
            makeup_points=COST,
            makeups_a_month=31,
            makeup_days_back=60,
        )
        for table in ("amnesty_days", "amnesties", "makeups", "checkins", "streaks"):
            uow.run(Statement(f"DELETE FROM {table}"))
        self.her = members.resolve(uow, ChannelName("t"), str(next(fresh)), NOON - 60 * DAY)
        points.award(uow, self.her, HAS, reason="gift", key=f"gift:{self.her}")

    def say(self, day: date) -> bool:
        try:
            service.check_in(self.uow, self.her, day, NOON, self.rules)
        except service.AlreadyCheckedIn:
            return False
        return True

    def make_up(self, day: date) -> bool:
        wish = Wish(self.her, day, TODAY, TODAY - 60 * DAY)
        try:
            with self.uow.attempt():
                makeup.make_up(self.uow, wish, NOON, self.rules)
        except NoMakeup:
            return False
        return True

    def give(self, day: date) -> int:
        """Give two days; return the number of the amnesty, 0 for none."""
        try:
            told = amnesty.grant(self.uow, Outage(day, day + DAY), TODAY, who="lin", why="x")
        except NoAmnesty:
            return 0
        self.work()
        return told.id

    def take_back(self, number: int) -> bool:
        try:
            amnesty.undo(self.uow, number, who="lin", why="x")
        except NoAmnesty:
            return False
        self.work()
        return True

    def work(self) -> None:
        while amnesty.go_on(self.uow, self.rules):
            pass

    @property
    def seen(self) -> tuple[Streak | None, int]:
        return service.streak_of(self.uow, self.her), points.balance(self.uow, self.her)


def follow(oracle: Oracle, real: Real, deed: str, number: int) -> None:
    """Do one thing in both worlds."""
    day = FIRST + number * DAY
    if deed == "say" and real.say(day):
        assert day not in oracle.won
        oracle.add(day, BASE)
    elif deed == "make up" and real.make_up(day):
        assert day not in oracle.won
        oracle.add(day, 0)
        oracle.paid += COST
    elif deed == "give" and day + DAY < TODAY and (made := real.give(day)):
        assert day - DAY in oracle.won
        oracle.given[made] = [each for each in (day, day + DAY) if each not in oracle.won]
        for each in oracle.given[made]:
            oracle.add(each, BASE)
    elif deed == "take back" and oracle.given:
        made = sorted(oracle.given)[min(number, len(oracle.given)) - 1]
        assert real.take_back(made)
        for each in oracle.given.pop(made):
            del oracle.won[each]


@pytest.mark.parametrize("again", list(BonusAgain))
@given(st.lists(deeds, max_size=25))
@settings(max_examples=60, deadline=None)
def test_everything_is_as_the_slow_count_says(
    ground: Store, again: BonusAgain, log: list[tuple[str, int]]
) -> None:
    with ground.unit() as uow:
        oracle, real = Oracle(again), Real(uow, again)
        for deed, number in log:
            follow(oracle, real, deed, number)
            assert real.seen == (oracle.streak, oracle.balance)
        assert points.books_balance(uow) == []


@pytest.mark.parametrize(
    ("again", "won"), [(BonusAgain.EVERY, 300), (BonusAgain.RUN, 200), (BonusAgain.ONCE, 100)]
)
def test_what_a_second_run_pays_is_a_matter_of_the_rule(
    ground: Store, again: BonusAgain, won: int
) -> None:
    with ground.unit() as uow:
        real = Real(uow, again)
        for number in (0, 1, 2, 3, 4, 5, 8, 9, 10):  # a run of six, and one of three
            for _ in range(3):
                real.say(FIRST + number * DAY)
        assert points.balance(uow, real.her) == HAS + 9 * BASE + won


def test_the_bonus_once_in_all_is_not_promised_again(ground: Store) -> None:
    with ground.unit() as uow:
        real = Real(uow, BonusAgain.ONCE)
        her: MemberId = real.her
        assert not service.had_the_bonus(uow, her, real.rules)
        for number in range(3):
            real.say(FIRST + number * DAY)
        assert service.had_the_bonus(uow, her, real.rules)
