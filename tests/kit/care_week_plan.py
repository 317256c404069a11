"""A week of a shop as it was meant: who works when, and who writes what. Made from a seed.

Nothing here knows what the bot makes of it, nor how it reckons with hours.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 6, 15)
"""The Friday after it is 端午, and the two days behind that belong to the holiday."""
HOLIDAYS = frozenset({date(2026, 6, 19), date(2026, 6, 20), date(2026, 6, 21)})
TIERS = ("时光挚友", "老朋友", "新客")
DAY = timedelta(days=1)
Shift = tuple[time, time]
Span = tuple[datetime, datetime]


class Manner(StrEnum):
    """How somebody works."""

    USUAL = "usual"
    SLOW = "slow"
    DEAF = "deaf"
    """She is at work and takes no case."""


@dataclass(frozen=True)
class Person:
    """An advisor as she really is."""

    userid: str
    name: str
    shifts: tuple[Shift, ...]
    days: tuple[int, ...]
    """Days of the week, Monday is 0."""
    manner: Manner = Manner.USUAL
    capacity: int = 6
    skills: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    deputy: str = ""
    is_supervisor: bool = False
    guides: bool = False
    sick: Span | None = None
    leaves_at: datetime | None = None
    away: Span | None = None
    """She says that she takes nothing meanwhile."""


def local(day: int, hour: float) -> datetime:
    """Return an instant of the week: the number of the day, and hours after its midnight."""
    midnight = datetime.combine(MONDAY + day * DAY, time(), ZONE)
    return midnight + timedelta(hours=hour)


_EARLY = ((time(9, 30), time(13)), (time(14), time(18)))
_LATE = ((time(12), time(15)), (time(16, 30), time(22)))
_LONG = ((time(10), time(14)), (time(15), time(22)))
_ALL_WEEK = tuple(range(7))
STAFF = (
    Person("anqi", "安琪", _EARLY, (0, 1, 2, 3, 4), skills=("complaint",), tiers=("时光挚友",)),
    Person("beibei", "贝贝", _EARLY, _ALL_WEEK, Manner.DEAF, skills=("complaint",)),
    Person("chenyu", "晨雨", _EARLY, (1, 2, 3, 4, 5), deputy="anqi", guides=True),
    Person("danni", "丹妮", _EARLY, (0, 2, 3, 4, 6), sick=(local(2, 11), local(4, 0))),
    Person("erlan", "尔岚", _LATE, _ALL_WEEK, skills=("complaint", "group_purchase")),
    Person("fangfei", "芳菲", _LATE, (0, 1, 2, 3, 4), Manner.SLOW, deputy="erlan"),
    Person("gaoya", "高雅", _LATE, (0, 1, 3, 4, 5, 6), sick=(local(3, 0), local(4, 0))),
    Person("huamei", "华梅", _LATE, _ALL_WEEK, leaves_at=local(3, 15), skills=("complaint",)),
    Person("jingyi", "静仪", _LONG, (0, 1, 2, 5, 6), away=(local(1, 15), local(1, 17))),
    Person("linda", "琳达", _LONG, _ALL_WEEK, is_supervisor=True, capacity=10),
    Person("meihua", "梅花", _LATE, (2, 3, 4, 5, 6), skills=("group_purchase",), guides=True),
    Person("ningxi", "宁夕", _EARLY, _ALL_WEEK, is_supervisor=True, capacity=10, deputy="linda"),
)
PEOPLE: Mapping[str, Person] = {one.userid: one for one in STAFF}
ON_CALL = "linda"
"""Who has the phone for what can't wait, day and night."""
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def open_from(day: date) -> Shift:
    """Return the hours of the shop."""
    return (time(10), time(18)) if day in HOLIDAYS else (time(9, 30), time(22))


def works(one: Person, at: datetime) -> bool:
    """Return whether somebody is at work, by her own diary."""
    here = at.astimezone(ZONE)
    if one.leaves_at is not None and at >= one.leaves_at:
        return False
    if one.sick is not None and one.sick[0] <= at < one.sick[1]:
        return False
    if here.weekday() not in one.days or not is_open(at):
        return False
    return any(since <= here.time() < until for since, until in one.shifts)


def takes(one: Person, at: datetime) -> bool:
    """Return whether somebody at work takes what is new."""
    is_away = one.away is not None and one.away[0] <= at < one.away[1]
    return works(one, at) and not is_away


def is_open(at: datetime) -> bool:
    """Return whether the shop is."""
    here = at.astimezone(ZONE)
    opens, closes = open_from(here.date())
    return opens <= here.time() < closes


def open_s(since: datetime, until: datetime) -> float:
    """Return for how many seconds of a span the shop is open."""
    found, day = 0.0, since.astimezone(ZONE).date()
    while day <= until.astimezone(ZONE).date():
        opens, closes = (datetime.combine(day, at, ZONE) for at in open_from(day))
        found += max(0.0, (min(until, closes) - max(since, opens)).total_seconds())
        day += DAY
    return found


def roster() -> str:
    """Return `duty.toml` as an operator would write it."""
    lines = [
        'operations = ["group:staff"]',
        'phone = "021-5555 0137"',
        '[hours]\ndaily = ["09:30-22:00"]\nholiday = ["10:00-18:00"]',
    ]
    for one in STAFF:
        lines.append(f'[[advisor]]\nuserid = "{one.userid}"\ncapacity = {one.capacity}')
        lines += ['role = "supervisor"'] if one.is_supervisor else []
        lines += [f'deputy = "{one.deputy}"'] if one.deputy else []
        lines += ["guides_newcomers = true"] if one.guides else []
        spans = ", ".join(f'"{a:%H:%M}-{b:%H:%M}"' for a, b in one.shifts)
        lines.append("[advisor.shifts]")
        lines += [f"{_WEEK[day]} = [{spans}]" for day in one.days]
    return "\n".join(lines) + "\n"


# ── what members want ───────────────────────────────────────────────────────────────────


class Want(StrEnum):
    """What somebody writes for."""

    CHAT = "chat"
    CHECK_IN = "check_in"
    QUESTION = "question"
    PRAISE = "praise"
    HUMAN = "human"
    COMPLAINT = "complaint"
    VALUE = "value"
    SAFETY = "safety"
    PICTURE = "picture"
    IN_GROUP = "in_group"
    """A complaint in a group."""


NEEDS_A_HUMAN = frozenset(
    {Want.HUMAN, Want.COMPLAINT, Want.VALUE, Want.SAFETY, Want.PICTURE, Want.IN_GROUP}
)
_SHARES = {
    Want.CHAT: 17,
    Want.CHECK_IN: 12,
    Want.QUESTION: 20,
    Want.PRAISE: 6,
    Want.HUMAN: 14,
    Want.COMPLAINT: 17,
    Want.VALUE: 5,
    Want.SAFETY: 2,
    Want.PICTURE: 3,
    Want.IN_GROUP: 4,
}
_WHATS = ("大衣", "针织衫", "羊绒围巾", "衬衫", "连衣裙", "牛仔裤", "风衣", "半裙", "毛衣", "短靴")
_WORDS: Mapping[Want, Sequence[str]] = {
    Want.CHAT: (
        "早呀，今天降温了",
        "周末去看展，穿什么都想不好",
        "嘿嘿，又来逛逛",
        "今天地铁上看到有人穿同款{what}",
        "午饭吃多了，{what}的扣子有点紧哈哈",
        "我家猫又睡在{what}上面了",
        "下雨天就想窝着",
        "换季收拾衣柜，翻出三件{what}",
    ),
    Want.CHECK_IN: ("打卡", "打卡", "我的积分", "帮助"),
    Want.QUESTION: (
        "{what}可以机洗吗",
        "有没有适合小个子的{what}",
        "发货一般要几天",
        "{what}有几个颜色",
        "退货怎么弄",
        "会员积分怎么用",
        "你们店几点开门",
        "梨形身材穿{what}显胖吗",
    ),
    Want.PRAISE: (
        "{what}收到了，颜色比图上还好看",
        "上次的{what}妈妈特别喜欢，谢谢你们",
        "不是来抱怨的，就想夸夸{what}的做工",
        "问题已经解决了，谢谢",
    ),
    Want.HUMAN: (
        "转人工",
        "人工客服",
        "能找个真人跟我说吗",
        "我不想跟机器人聊，叫你们顾问来",
        "有人吗，帮我转个人工",
        "zhuanrengong",
    ),
    Want.COMPLAINT: (
        "{what}才穿两次就开线了，质量也太差了",
        "你们发错颜色了，我要的是黑的，怎么又是灰的",
        "退款说三天到账，现在一个星期了还没有，骗人吗",
        "{what}少发了一件，问了两遍没人管，太气人了",
        "{what}洗一次就掉色，把别的衣服都染了，你们赔吗",
        "快递十天了还没发出来，再不发我就投诉",
        "真行啊，换回来的{what}又是破的，你们就这么做生意",
        "态度那么差，我再也不会买了，给我退款",
    ),
    Want.VALUE: (
        "公司年会要订{many}件{what}，能开专票吗，怎么谈价格",
        "想给团队定制{many}条羊绒围巾当伴手礼，找谁对接",
        "我们单位采购{many}套{what}，预算八万左右",
    ),
    Want.SAFETY: (
        "孩子穿了{what}全身起红疹，呼吸有点急，怎么办",
        "戴了你们的围巾脖子过敏肿起来了，正在医院",
        "{what}里有断针，扎到手出血了",
    ),
    Want.IN_GROUP: (
        "{what}穿一次就起球破洞，你们质量太差了，我要退款",
        "发错货也没人理，群里有没有管事的，我要投诉",
    ),
}
_LOUDER: Mapping[Want, Sequence[str]] = {
    Want.VALUE: ("就是公司要批量采购，一共{many}件，请顾问联系我", "转人工"),
    Want.SAFETY: ("人已经不舒服去医院了，你们的衣服过敏", "转人工"),
    Want.IN_GROUP: ("我要投诉，质量太差，骗人", "我要投诉，给我退款，找人工"),
}
_HOURS = (1, 0.5, 0.3, 0.2, 0.2, 0.4, 1, 2, 3, 4, 5, 5, 6, 5, 5, 5, 5, 5, 6, 8, 15, 14, 7, 3)
"""How many write in each hour of a day: most in the evening."""


@dataclass(frozen=True)
class Talk:
    """What somebody begins to write, and what she writes when nobody takes notice."""

    number: int
    who: str
    at: datetime
    want: Want
    words: str
    louder: Sequence[str] = ()

    @property
    def group(self) -> str:
        """The group that she writes in; empty for none."""
        return f"g{self.number % 5}" if self.want is Want.IN_GROUP else ""


@dataclass(frozen=True)
class Plan:
    """A week, or some days of it."""

    talks: int = 2000
    first_day: int = 0
    days: int = 7
    seed: int = 1
    found: Sequence[Talk] = field(init=False)
    tiers: Mapping[str, str] = field(init=False)
    """The tier of each member."""

    def __post_init__(self) -> None:
        """Invent it."""
        dice = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        found = sorted((self._talk(number, dice) for number in range(self.talks)), key=_at)
        object.__setattr__(self, "found", found)
        names = sorted({one.who for one in found})
        tiers = {name: dice.choices(("", *TIERS), (50, 10, 20, 20))[0] for name in names}
        object.__setattr__(self, "tiers", tiers)

    @property
    def begins_at(self) -> datetime:
        """The midnight with which it begins."""
        return local(self.first_day, 0)

    @property
    def ends_at(self) -> datetime:
        """The midnight with which it ends."""
        return local(self.first_day + self.days, 0)

    def _talk(self, number: int, dice: random.Random) -> Talk:
        [want] = dice.choices(list(_SHARES), list(_SHARES.values()))
        [hour] = dice.choices(range(24), _HOURS)
        day = self.first_day + dice.randrange(self.days)
        many = max(2, self.talks * 4 // 5)
        # who writes in a group writes nowhere else, so that what was said where stays apart
        who = f"{'g' if want is Want.IN_GROUP else 'm'}{dice.randrange(many)}"
        at = local(day, hour + dice.random())
        louder = _LOUDER.get(want, ("没人看到吗，我要找人工", "转人工"))
        written = [self._say(words, dice) for words in louder]
        words = self._say(dice.choice(_WORDS.get(want, ("",))), dice)
        return Talk(number, who, at, want, words, written if want in NEEDS_A_HUMAN else ())

    def _say(self, words: str, dice: random.Random) -> str:
        return words.format(what=dice.choice(_WHATS), many=dice.choice((60, 120, 200, 300)))


def _at(talk: Talk) -> datetime:
    return talk.at
