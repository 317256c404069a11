"""Everything that earns, in the whole bot: a rule in the file, the act in chat, the ledger."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.commons import orders, points, submissions
from bot.commons.orders import Order, Status
from bot.commons.profiles import Ref
from bot.commons.submissions import Verdict
from bot.features.doors import arriving as door
from bot.features.makeups import amnesty
from bot.features.makeups.amnesty import Outage
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.street import Town, open_town

SHANGHAI = ZoneInfo("Asia/Shanghai")
KINDS = {
    "checkin": 3,
    "ballot": 5,
    "submission_accepted": 7,
    "salon_attended": 11,
    "challenge_completed": 13,
    "challenge_won": 17,
    "feedback": 19,
}
RULES = "".join(
    f'[[rule]]\nname = "{on.replace("_", "-")}"\ntitle = "{on}"\non = "{on}"\npoints = {worth}\n'
    "most_points_a_day = 40\ncooldown_minutes = 1\n"
    for on, worth in KINDS.items()
)
ORDERS = (
    '[[rule]]\nname = "spend"\ntitle = "消费"\non = "order_paid"\npoints = 1\neach_yuan = 10\n'
    '[[double]]\nname = "day"\ntitle = "会员日"\nrules = ["spend"]\n'
    "valid_from = {today}\nvalid_until = {today}\n"
)
HEAD = '+++\ntitle = "{title}"\nkind = "interactive"\nstage = "consideration"\n{matter}+++\n来。\n'
CONFIG = "[checkin]\nbase_points = 0\nbonus_points = 0\n[ugc]\ntell_after_s = 0\n"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, CONFIG) as opened:
        nine = datetime.combine(today_of(opened) + timedelta(1), time(9), SHANGHAI)
        opened.app.clock.move_to(nine)
        yield opened


def today_of(town: Town) -> date:
    return town.app.tools.use(Community).day_of(town.app.clock.now())


async def opens(town: Town) -> None:
    """Let operators write the rules, a poll, a challenge and a salon."""
    today = today_of(town)
    at = (town.app.clock.now() + timedelta(hours=2)).replace(microsecond=0).isoformat()
    files = {
        "polls/a.md": (
            "颜色",
            f'options = ["红", "蓝"]\nopens_at = {today}T00:00:00+08:00\ncloses_at = {at}\n',
        ),
        "challenges/a.md": (
            "早起",
            (
                f"starts_on = {today}\nends_on = {today + timedelta(1)}\ndays_needed = 1\n"
                '[winner]\nby = "most_days"\npoints = 1\nbadge = "first"\n'
            ),
        ),
        "salons/a.md": ("试衣", f'starts_at = {at}\nplace = "一楼"\ncapacity = 9\n'),
    }
    root = town.app.config.paths.content
    (root / "rewards.toml").write_text(RULES + ORDERS.format(today=today), "utf-8")
    for path, (title, matter) in files.items():
        await town.writes(path, HEAD.format(title=title, matter=matter))


async def does(town: Town, change: object) -> None:
    def use_case(uow: UnitOfWork) -> object:
        assert callable(change)
        return change(uow)

    await town.app.house.writer.do(use_case)
    await town.app.house.engine.settle()


async def ledger(town: Town) -> dict[str, list[int]]:
    """Return what was booked, by reason, in order; what was taken back is negative."""
    found: dict[str, list[int]] = {}
    for reason, amount in await town.ask(
        "SELECT e.reason, CASE WHEN a.member_id IS NULL THEN -e.points ELSE e.points END"
        " FROM point_entries e JOIN point_accounts a ON a.id = e.credit ORDER BY e.id"
    ):
        found.setdefault(str(reason).removeprefix("reward_"), []).append(int(str(amount)))
    return found


async def judged(town: Town, *, accepted: bool) -> None:
    """Let an operator decide about the submission, after taking back what was decided before."""
    verdict = Verdict("lin", accepted=accepted)
    await does(town, lambda uow: submissions.undo(uow, 1, who="lin"))
    await does(town, lambda uow: submissions.decide(uow, [1], verdict, told_after=timedelta()))
    await town.due("ugc.verdicts")


async def test_every_deed_is_in_the_ledger_once_by_its_reason(town: Town) -> None:
    await opens(town)
    await town.hears("lihua", "参加 101")
    for _ in range(3):
        await town.hears("lihua", "打卡")
        await town.hears("lihua", "投票 2")
    await town.hears("lihua", "报名 101")
    await town.hears("lihua", "投稿 羊绒大衣配灰围巾，通勤暖和又利落")
    await town.hears("lihua", "完成")
    for _ in range(2):
        await judged(town, accepted=True)
    booked = {"checkin": [3], "challenge_completed": [13], "ballot": [5]}
    booked["submission_accepted"] = [7]
    assert await ledger(town) == booked

    town.app.clock.move_to(town.app.clock.now() + timedelta(hours=3))
    for _ in range(2):
        await does(town, lambda uow: door.came(uow, 1, MemberId(1), who="lin"))
        await does(town, lambda uow: door.not_came(uow, 1, MemberId(1), who="lin"))
    await does(town, lambda uow: door.came(uow, 1, MemberId(1), who="lin"))
    for words in ("评价 101 2", "评价 101 5"):  # praise or not, once
        await town.hears("lihua", words)
    town.app.clock.move_to(town.app.clock.now() + timedelta(days=2))
    for name in ("salons.close", "doors.ask", "challenges.settle") * 2:
        await town.due(name)
    booked |= {"feedback": [19], "salon_attended": [11], "challenge": [1], "challenge_won": [17]}
    assert await ledger(town) == booked
    days = await town.ask("SELECT DISTINCT day FROM deeds WHERE kind = 'salon_attended'")
    assert days == [((today_of(town) - timedelta(2)).isoformat(),)]  # not when it was told
    assert "勋章 1 枚" in (await town.hears("lihua", "我的勋章"))[0]
    statement = (await town.hears("lihua", "我的积分"))[0]
    assert "挑战获胜奖励 +17" in statement
    assert await town.app.house.writer.look(points.books_balance) == []


async def test_what_is_taken_back_is_reversed_and_nothing_is_deleted(town: Town) -> None:
    await opens(town)
    await town.hears("lihua", "打卡")
    await town.hears("lihua", "投稿 羊绒大衣配灰围巾，通勤暖和又利落")
    await town.hears("lihua", "完成")
    for accepted in (True, False, False):
        await judged(town, accepted=accepted)
    noon = town.app.clock.now()
    for back in (0, 4_000, 10_000):  # a double day: two points for ten yuan
        status = Status.REFUNDED if back == 10_000 else Status.PAID
        order = Order("pos", "a", Ref("wecom_app", "lihua"), noon, 10_000, back, status)
        await does(town, lambda uow: orders.record(uow, order))  # noqa: B023 - awaited here
        await does(town, lambda uow: orders.tell(uow, most=9))
    booked = await ledger(town)
    assert booked["order_paid"] == [20, -20, 12, -12]
    assert booked["submission_accepted"] == [7, -7]

    town.app.clock.move_to(noon + timedelta(days=2))
    missed = today_of(town) - timedelta(1)

    async def amnesty_job(change: object) -> None:
        await does(town, change)
        await town.due("makeups.amnesty")

    for _ in range(2):
        await amnesty_job(
            lambda uow: amnesty.grant(
                uow, Outage(missed, missed), today_of(town), who="lin", why="停机"
            )
        )
        await amnesty_job(
            lambda uow: amnesty.undo(uow, amnesty.latest(uow, most=1)[0].id, who="lin", why="弄错")
        )
    assert (await ledger(town))["checkin"] == [3, 3, -3, 3, -3]
    assert (await town.hears("lihua", "我的积分"))[0].startswith("积分 3\n")
    assert await town.app.house.writer.look(points.books_balance) == []
