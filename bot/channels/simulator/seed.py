"""A small lively history, so that the demo's chats are not empty.

The members' words go the same way as anybody's, so every answer is the bot's own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.channels.simulator import reads
from bot.channels.simulator.channel import Simulator
from bot.channels.simulator.intake import Said
from bot.kernel.clock import ShiftedClock
from bot.kernel.ports import Accept

DAYS = 3
"""How many days the history spans."""

Travel = Callable[[datetime], Awaitable[datetime]]


@dataclass(frozen=True, slots=True)
class Line:
    """Who said what, how many days ago and at what local time; `group` counts from 0."""

    days_ago: int
    at: str
    member: str
    text: str
    group: int | None = 0


LINES = (
    Line(3, "09:06", "amei", "打卡"),
    Line(3, "09:11", "wangjie", "早上好呀，昨天那件驼色风衣到了，比图片还好看～谢谢推荐"),
    Line(3, "12:34", "xiaoyu", "小个子穿这种长风衣会不会压身高呀？"),
    Line(3, "12:41", "wangjie", "你腰带往上系一点，配短靴就不会，我 158 都敢穿 😄"),
    Line(3, "21:05", "xiaoyu", "投票 1", group=None),
    Line(2, "08:52", "amei", "打卡"),
    Line(2, "09:15", "linlin", "第一次来打卡，请多关照～"),
    Line(2, "09:16", "linlin", "打卡"),
    Line(2, "09:20", "linlin", "投票 3", group=None),
    Line(2, "12:10", "azhen", "打卡", group=1),
    Line(2, "20:27", "azhen", "周末沙龙还能带朋友一起来吗？", group=1),
    Line(2, "20:31", "azhen", "报名 101 2位", group=None),
    Line(2, "21:30", "linlin", "投稿 雾蓝大衣配姜黄围巾，出门三天被问了三次链接", group=None),
    Line(2, "21:31", "linlin", "完成", group=None),
    Line(1, "08:45", "amei", "打卡"),
    Line(1, "09:02", "wangjie", "打卡"),
    Line(1, "09:04", "wangjie", "投票 1", group=None),
    Line(1, "09:05", "wangjie", "报名 101", group=None),
    Line(1, "10:20", "xiaoyu", "按王姐说的搭了一身，同事都问我链接，谢谢大家 🥰"),
    Line(1, "12:20", "azhen", "打卡", group=1),
    Line(1, "12:22", "azhen", "建议 店里能不能放一把穿鞋凳，试靴子的时候蹲着很累", group=None),
    Line(1, "20:45", "wangjie", "提问 羊绒大衣的袖口起球了，剪掉还是用刮毛器？", group=None),
    Line(1, "21:02", "amei", "投票 2", group=None),
    Line(1, "21:04", "amei", "报名 102", group=None),
    Line(1, "21:06", "amei", "兑换 1", group=None),
    Line(1, "21:07", "amei", "确认兑换", group=None),
    Line(1, "21:08", "amei", "我的积分", group=None),
    Line(1, "21:40", "azhen", "上周买的驼色大衣才穿两次，左边第二颗扣子就掉了", group=None),
    Line(1, "21:41", "azhen", "问了两次都没人理我，再这样我要投诉退款了", group=None),
)


def begin_history(clock: ShiftedClock, zone: ZoneInfo) -> None:
    """Set the clock to the morning when the history begins; only for a new database."""
    now = clock.now()
    morning = datetime.combine(now.astimezone(zone).date(), time(8), zone)
    clock.offset += morning - timedelta(days=DAYS) - now


async def seed(simulator: Simulator, accept: Accept, travel: Travel | None = None) -> int:
    """Let the members say their lines; return how many, none when anybody spoke before.

    Args:
        simulator: where they speak.
        accept: the bot's ear.
        travel: moves the clock. With it and `begin_history` each line is said, answered and
            shown at its own time, and so are the posts that fall due in between.
    """
    if not await simulator.work.look(reads.is_empty):
        return 0
    today = _present(simulator.clock).astimezone(simulator.zone).date()
    for number, line in enumerate(LINES, 1):
        day = today - timedelta(days=line.days_ago)
        at = datetime.combine(day, time.fromisoformat(line.at), simulator.zone)
        if travel and at > simulator.clock.now():
            await travel(at)
        await simulator.hear(_said(line, number, at, simulator), accept)
    if travel:
        await travel(_present(simulator.clock))
        simulator.clock.move_to(_present(simulator.clock))
        await simulator.keep_clock()
    return len(LINES)


def _present(clock: ShiftedClock) -> datetime:
    """Return the present, also while the clock still stands in the past."""
    return clock.now() - min(clock.offset, timedelta())


def _said(line: Line, number: int, at: datetime, simulator: Simulator) -> Said:
    group = None
    if line.group is not None and simulator.groups:
        group = simulator.groups[min(line.group, len(simulator.groups) - 1)].id
    return Said(line.member, group, line.text, key=f"seed:{number}", at=at)
