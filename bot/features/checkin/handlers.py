"""The chat doors: 打卡, 我的打卡, 我的积分."""

from collections.abc import Mapping
from datetime import date
from itertools import product

from bot.commons import members, points
from bot.features.checkin import service
from bot.features.checkin.rules import CheckinSettings, calendar, day_of, days_to_bonus
from bot.kernel.community import Community
from bot.kernel.messages import Reply
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()

_LINES = 5

# Only ever the whole message, so that no ordinary sentence is taken for a check-in.
_BEFORE = ("", "我", "我要", "我来", "来", "今天", "今日", "每日", "早起", "早安", "早上好", "晚安")
_AFTER = ("", "了", "啦", "咯", "喽", "哦", "呀", "哈")
# Slips of neighbouring keys and of the input method, pinyin, repeats.
_SLIPS = (
    *("打卡签到", "签到打卡", "打卡打卡", "签到签到", "打个卡", "打下卡", "打一下卡", "签个到"),
    *("打咔", "打喀", "打卞", "打k", "打ka", "搭卡", "达卡", "大卡", "答卡"),
    *("签道", "签倒", "千到", "迁到", "签dao"),
    *("dk", "daka", "da ka", "dǎkǎ", "dǎ kǎ", "dakadaka", "qd", "qiandao", "qian dao", "qiāndào"),
    *("checkin", "check in", "check-in"),
)
WORDS = (
    *map("".join, product(_BEFORE, ("打卡", "签到"), _AFTER)),
    *_SLIPS,
)


@router.command(*WORDS)
def check_in(ctx: Context) -> Reply:
    """Check the sender in for the day on which the message was sent."""
    settings, community = ctx.tools.use(CheckinSettings), ctx.tools.use(Community)
    day = day_of(ctx.update.at, community.zone, settings.grace_minutes)
    about = _about(ctx)
    about["day"] = None if day == _today(ctx) else day
    try:
        result = service.check_in(ctx.uow, ctx.member, day, ctx.update.at, settings)
    except service.AlreadyCheckedIn as refusal:
        refusal.words = {**about, **_standing(ctx)}
        raise
    about |= {"result": result, "settings": settings}
    about["next_days"] = days_to_bonus(result.run_days, settings) if result.is_current else 0
    return Reply("checkin/done.txt.j2", about)


@router.command("我的打卡", "打卡记录", "我的签到", "签到记录", "打卡日历", "wodedaka")
def my_checkins(ctx: Context) -> Reply:
    """Show this month as a small calendar, the streak, the best and the total."""
    today = _today(ctx)
    month = service.month(ctx.uow, ctx.member, today)
    return Reply(
        "checkin/mine.txt.j2",
        {
            **_about(ctx),
            "today": today,
            "weeks": calendar(today, month.checked),
            "month_days": len(month.checked),
            "streak": month.streak,
            "days": month.streak.days_on(today) if month.streak else 0,
            "is_done": today in month.checked,
        },
    )


@router.command("我的积分", "积分", "查积分", "查询积分", "积分查询", "积分余额", "wodejifen")
def my_points(ctx: Context) -> Reply:
    """Show the balance, the last entries and how to earn."""
    zone = ctx.tools.use(Community).zone
    lines = () if ctx.update.in_group else points.latest(ctx.uow, ctx.member, _LINES)
    return Reply(
        "checkin/points.txt.j2",
        {
            **_about(ctx),
            "balance": points.balance(ctx.uow, ctx.member),
            "lines": [(line.at.astimezone(zone), line.points, line.reason) for line in lines],
            "settings": ctx.tools.use(CheckinSettings),
        },
    )


def _today(ctx: Context) -> date:
    settings, community = ctx.tools.use(CheckinSettings), ctx.tools.use(Community)
    return day_of(ctx.uow.clock.now(), community.zone, settings.grace_minutes)


def _about(ctx: Context) -> dict[str, object]:
    """Return whom to name: in a group others read along, in a 1:1 chat it is clear."""
    in_group = ctx.update.in_group
    name = members.display_name(ctx.uow, ctx.member) if in_group else None
    return {"in_group": in_group, "name": name}


def _standing(ctx: Context) -> Mapping[str, object]:
    streak = service.streak_of(ctx.uow, ctx.member)
    return {
        "days": streak.days_on(_today(ctx)) if streak else 0,
        "balance": points.balance(ctx.uow, ctx.member),
    }
