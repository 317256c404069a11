"""The chat doors: 打卡, 我的打卡, 我的海报."""

from datetime import date
from itertools import product

from bot.commons import checkins, members, pictures
from bot.commons.checkins import CheckinSettings
from bot.features.checkin import replies
from bot.features.checkin.drawing import month_picture, streak_poster
from bot.features.checkin.mine import LINK_VALID_S, PAGE
from bot.features.checkin.rules import calendar
from bot.kernel.messages import Reply
from bot.kernel.ports import Links, Words
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()

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


@router.command(*WORDS, quietly=True)
def check_in(ctx: Context) -> Reply:
    """Check the sender in for the day on which the message was sent."""
    return replies.check_in(ctx.uow, ctx.tools, ctx.member, ctx.update.at, members.addressed(ctx))


@router.command("我的打卡", "打卡记录", "我的签到", "签到记录", "打卡日历", "wodedaka")
def my_checkins(ctx: Context) -> Reply:
    """Show this month as a small calendar, the streak, the best and the total."""
    today = checkins.today(ctx.uow, ctx.tools)
    month = checkins.month(ctx.uow, ctx.member, today)
    if not ctx.update.in_group:
        _draw(ctx, today)
    links = ctx.tools.use(Links)
    return Reply(
        "checkin/mine.txt.j2",
        {
            **members.addressed(ctx),
            "today": today,
            "weeks": calendar(today, month.checked),
            "month_days": len(month.checked),
            "streak": month.streak,
            "days": month.streak.days_on(today) if month.streak else 0,
            "is_done": today in month.checked,
            "can_make_up": ctx.tools.use(CheckinSettings).can_make_up,
            "url": "" if ctx.update.in_group else links.to(PAGE, ctx.member, valid_s=LINK_VALID_S),
            "link_hours": LINK_VALID_S // 3600,
        },
    )


@router.command("我的海报", "打卡海报", "海报", "连续打卡海报", "wodehaibao")
def my_poster(ctx: Context) -> Reply:
    """Let a poster of the days in a row follow; in a 1:1 chat only, it is hers."""
    if ctx.update.in_group:
        return Reply("checkin/poster_in_group.txt.j2", members.addressed(ctx))
    today = checkins.today(ctx.uow, ctx.tools)
    poster = streak_poster(ctx.uow, ctx.tools, ctx.member, today)
    if poster is None:
        return Reply("checkin/poster.txt.j2", {"days": 0})
    follows = pictures.soon(
        ctx.uow,
        ctx.tools,
        poster,
        pictures.To.sender_of(ctx.update),
        key=f"checkin.poster:{ctx.update.channel}:{ctx.update.key}",
        alt=ctx.tools.use(Words)("checkin/poster_alt.txt.j2", days=poster.days),
        why="checkin.poster",
        people=[ctx.member],
    )
    url = "" if follows else ctx.tools.use(Links).to(PAGE, ctx.member, valid_s=LINK_VALID_S)
    hours = LINK_VALID_S // 3600
    return Reply("checkin/poster.txt.j2", {"days": poster.days, "url": url, "link_hours": hours})


def _draw(ctx: Context, today: date) -> None:
    """Let the month follow as a picture, where pictures can; the link shows the same."""
    pictures.soon(
        ctx.uow,
        ctx.tools,
        month_picture(ctx.uow, ctx.tools, ctx.member, today.replace(day=1), today),
        pictures.To.sender_of(ctx.update),
        key=f"checkin:{ctx.update.channel}:{ctx.update.key}",
        alt=ctx.tools.use(Words)("checkin/picture.txt.j2", month=today),
        why="checkin.month",
        people=[ctx.member],
    )
