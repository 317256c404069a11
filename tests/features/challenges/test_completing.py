"""Who has completed a challenge, what it gives, and that it gives it once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons import points
from bot.commons.coupons import State
from bot.features.challenges.rules import Entry, WinnerPrize, quarter_end, winners
from bot.kernel.events import ChallengeCompleted, ChallengeWon
from tests.features.challenges.conftest import DAY, GIFT, KINDS, WEEK, Arena
from tests.kit.desk import Desk
from tests.kit.rooms import NOON, Store

SHANGHAI = ZoneInfo("Asia/Shanghai")
CARD = """[winner]
by = "most_days"
tie = "first"
coupon = "card"
valid = "quarter"
badge = "style"
"""
fresh = count()


def test_the_fifth_day_completes_it_whatever_is_said_again(arena: Arena) -> None:
    arena.writes(WEEK + GIFT + 'badge = "early"\n')
    arena.says("amei", "参加")
    for _ in range(3):
        arena.comes("amei", 0, 1, 2, 3)
        assert arena.rewards("amei") == []
    for _ in range(3):
        arena.comes("amei", 4)
        arena.counts_again("amei", arena.clock.now() + 4 * DAY)
        arena.says("amei", "参加")
    arena.ends(days=8)
    arena.ends(days=8)
    assert arena.rewards("amei") == [50]
    done = [event for event in arena.events if isinstance(event, ChallengeCompleted)]
    assert done == [ChallengeCompleted(arena.member("amei"), 1, "早起一周", "early")]
    assert "challenges.completed:1:" in arena.letters()[0]
    assert "完成了 🎉（8 月 28 日，共 5 天）" in arena.says("amei", "我的挑战")[0]


def test_days_come_in_any_order_and_late(arena: Arena) -> None:
    arena.writes(WEEK + GIFT)
    arena.says("amei", "参加")
    arena.store.clock.tick(days=4)
    arena.comes("amei", 0, -4, -2, -1, -3)
    part = arena.part("amei")
    assert part is not None
    assert (part.done_on, part.days) == (date(2026, 8, 28), 5)


def test_days_outside_do_not_count(arena: Arena) -> None:
    arena.writes(WEEK)
    arena.says("amei", "参加")
    arena.comes("amei", -2, -1, 0, 1, 2, 3, 7, 8)
    part = arena.part("amei")
    assert part is not None
    assert (part.done_on, part.days) == (None, 4)


@pytest.mark.parametrize(("term", "days"), [("", 2), ("made_up = true\n", 3)])
def test_days_that_were_made_up_count_where_it_was_said(arena: Arena, term: str, days: int) -> None:
    arena.writes(WEEK + term)
    arena.says("amei", "参加")
    arena.daily("amei", 1)
    arena.store.clock.tick(days=1)
    arena.says("amei", "打卡")
    assert "补签成功" in arena.says("amei", "确认补签 昨天")[0]
    part = arena.part("amei")
    assert part is not None
    assert part.days == days


def test_a_late_message_is_counted_before_the_end_is_told(arena: Arena) -> None:
    arena.writes(WEEK + GIFT)
    arena.says("amei", "参加")
    arena.daily("amei", 4)
    arena.store.clock.at = datetime(2026, 8, 30, 16, 5, tzinfo=UTC)  # 00:05 on the next day
    arena.runs("challenges.settle")
    assert arena.view().state == "open"
    arena.says("amei", "打卡", at=datetime(2026, 8, 30, 15, 59, 59, tzinfo=UTC))
    arena.ends(minutes=30)
    assert arena.view().state == "closed"
    assert arena.rewards("amei") == [50]
    assert "1 人参加，1 人完成" in arena.notices()


def test_the_card_of_the_winner_is_good_to_the_end_of_the_quarter(arena: Arena) -> None:
    arena.desk.write("coupons.toml", KINDS)
    arena.writes(WEEK + GIFT + CARD)
    assert (
        "天数最多的人胜出，另得：季度穿搭VIP卡（本季度末有效）、勋章；并列时先完成的算"
        in (arena.says("amei", "参加")[0])
    )
    arena.says("bea", "参加")
    for offset in range(6):
        arena.comes("amei", offset)
        arena.comes("bea", offset)
        arena.store.clock.tick(seconds=1)
    arena.comes("bea", 6)
    for _ in range(3):
        arena.ends(days=8)
    assert arena.coupons("amei") == []
    [card] = arena.coupons("bea")
    last = (card.valid_until - timedelta(seconds=1)).astimezone(SHANGHAI)
    assert last.isoformat() == "2026-09-30T23:59:59+08:00"
    assert [event for event in arena.events if isinstance(event, ChallengeWon)] == [
        ChallengeWon(arena.member("bea"), 1, "早起一周", "style")
    ]
    assert "还是胜者 🏆" in arena.says("bea", "我的挑战")[0]


@pytest.mark.parametrize(
    ("by", "tie", "won"),
    [
        ("most_days", "all", [1, 2]),
        ("most_days", "first", [2]),
        ("most_days", "none", []),
        ("first_done", "all", [3]),
        ("first_done", "none", [3]),
    ],
)
def test_the_winner_is_named_by_the_rule(by: str, tie: str, won: list[int]) -> None:
    entries = [
        Entry(1, 7, NOON + timedelta(hours=2)),
        Entry(2, 7, NOON + timedelta(hours=1)),
        Entry(3, 5, NOON),
    ]
    rule = WinnerPrize.model_validate({"by": by, "tie": tie})
    assert winners(entries, rule) == won
    assert winners([], rule) == []


def test_equal_to_the_instant_the_lower_number_is_first() -> None:
    entries = [Entry(2, 7, NOON), Entry(1, 7, NOON)]
    rule = WinnerPrize(by="first_done", tie="first")
    assert winners(entries, rule) == [1]


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 1, 1), "2026-04-01T00:00:00+08:00"),
        (date(2026, 9, 30), "2026-10-01T00:00:00+08:00"),
        (date(2026, 10, 1), "2027-01-01T00:00:00+08:00"),
        (date(2026, 12, 31), "2027-01-01T00:00:00+08:00"),
    ],
)
def test_a_quarter_ends_at_midnight_there(day: date, end: str) -> None:
    assert quarter_end(day, SHANGHAI).astimezone(SHANGHAI).isoformat() == end


def test_an_operator_takes_a_reward_back(arena: Arena) -> None:
    arena.desk.write("coupons.toml", KINDS)
    arena.writes(WEEK + GIFT + 'coupon = "card"\n')
    arena.says("amei", "参加")
    arena.comes("amei", 0, 1, 2, 3, 4)
    her = str(arena.member("amei"))
    assert "收回奖励" in arena.console(challenge="101")
    form = {"challenge": "101", "member": her, "what": "reward"}
    assert arena.operates("undo", **form, why=" ").startswith("✗ 请写为什么")
    assert "收回了" in arena.operates("undo", **form, why="照片是别人的")
    assert ("lin", "challenges.undone") in arena.store.audited()
    assert arena.operates("undo", **form, why="再来").startswith("✗ 没有改")
    for member in ("", "0", "999"):
        changed = {**form, "member": member}
        assert arena.operates("undo", **changed, why="x").startswith("✗ 没有改")
    assert arena.rewards("amei") == [-50, 50]
    assert [card.state for card in arena.coupons("amei")] == [State.REVOKED]
    arena.counts_again("amei", arena.clock.now())
    arena.ends(days=9)
    assert sum(arena.rewards("amei")) == 0
    assert arena.store.do(points.books_balance) == []


# ── the slow count ──────────────────────────────────────────────────────────────────────

PEOPLE = ("amei", "bea", "cici")
logs = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.one_of(st.just("join"), st.integers(-3, 9)),
    ),
    max_size=60,
)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Arena]]:
    opened: list[Arena] = []

    def fresh_arena() -> Arena:
        folder = tmp_path_factory.mktemp(f"arena{next(fresh)}")
        opened.append(Arena(Store(folder), Desk(folder)))
        return opened[-1]

    yield fresh_arena
    for each in opened:
        each.store.close()


@given(logs, st.integers(1, 7), st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_list_of_who_completed_it_is_the_slow_count(
    ground: Callable[[], Arena],
    log: list[tuple[str, object]],
    needed: int,
    auto: bool,  # noqa: FBT001
) -> None:
    arena = ground()
    term = 'joining = "auto"\n' if auto else ""
    arena.writes(WEEK.replace("days_needed = 5", f"days_needed = {needed}") + term + GIFT)
    said: dict[str, set[int]] = {who: set() for who in PEOPLE}
    joined: set[str] = set()
    for who, what in log:
        if what == "join":
            arena.says(who, "参加 101")
            joined.add(who)
        elif isinstance(what, int):
            arena.comes(who, what)
            said[who].add(what)
            joined |= {who} if auto and 0 <= what <= 6 else set()
    arena.ends(days=12)
    arena.ends(days=1)

    expected = {who for who in joined if len({day for day in said[who] if 0 <= day <= 6}) >= needed}
    assert arena.finishers() == {arena.member(who) for who in expected}
    for who in PEOPLE:
        assert arena.rewards(who) == ([50] if who in expected else [])


@pytest.mark.postgres
def test_days_that_arrive_at_once_on_two_replicas_reward_once(
    postgres: str, tmp_path: Path
) -> None:
    store = Store(tmp_path, postgres)
    arena = Arena(store, Desk(tmp_path))
    arena.writes(WEEK + GIFT)
    arena.says("amei", "参加")
    arena.comes("amei", 0, 1, 2, 3)
    now = arena.clock.now()
    arena.says("amei", "打卡", at=now + 4 * DAY)

    def again(number: int) -> None:
        arena.counts_again("amei", now + number % 5 * DAY)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(again, range(30)))
    assert arena.rewards("amei") == [50]
    arena.ends(days=9)
    assert arena.view().state == "closed"
    store.close()
