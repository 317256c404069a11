"""How long somebody has waited, by what she says: 说好三天,一周了还没 · 17号订的 · 第四次来问."""

import re
from collections.abc import Mapping

from bot.commons.detection.numbers import NUMBER, number

_HOURS_OF: Mapping[str, float] = {
    "分钟": 1 / 60,
    "分": 1 / 60,
    "刻钟": 0.25,
    "小时": 1,
    "个小时": 1,
    "个钟": 1,
    "钟头": 1,
    "个钟头": 1,
    "天": 24,
    "日": 24,
    "晚上": 12,
    "个晚上": 24,
    "周": 168,
    "星期": 168,
    "个星期": 168,
    "礼拜": 168,
    "个礼拜": 168,
    "个月": 720,
    "月": 720,
    "年": 8760,
    "季度": 2160,
    "个季度": 2160,
}
_UNIT = "|".join(sorted(_HOURS_OF, key=len, reverse=True))
_SPAN = rf"(?P<n>{NUMBER})(?P<more>多|来|几)?(?P<unit>{_UNIT})(?P<half>半)?"
_LASTED = re.compile(
    rf"{_SPAN}(?:了|过去|都|还|才|没|未|也|过|仍|,|的|!|\?|喔|呢|啊|到现在|后|以后|之后|一点|没|不|$)"
)
_PROMISED = re.compile(
    rf"(?:说好|说|答应|承诺|保证|讲好|约定|写着|写的|页面|预计|规定|通知|告诉我|最多|最晚|最迟|明明)[^.!?;]{{0,10}}?{_SPAN}"
    r"(?:内|之内|以内|到|就|发|送|能|可|退|处理|解决|回|给|的|,|$)"
)
_PROMISED_DAY = re.compile(
    r"(?:说好|说是?|答应|承诺|保证|讲好|通知|告诉我)[^.!?;]{0,8}?(?:今天|明天|后天|昨天|前天|上周|周[一二三四五六日末]|下午|上午|晚上|中午|月底|[0-9]{1,2}[号日点])"
)
_NOT_YET = re.compile(
    r"还没|还不|没有?(?:收|到|发|动|消息|人|回|退|处理|解决|更新|结果|下文|揽|影|反应|见|信|音)|未(?:到|发|收|退|处理|揽|出)|不(?:发|退|回|处理|解决|理|见|动|给|到|更新|管)|都没|也没|没$|才(?:发|到|回|收|退|处理|送)|连个|毛都|遥遥|一点|影子|还在|仍|到现在|拖|就发|等|催|处理中|审核中|运输中|在路上|排队|待发货"
)
_NEXT_DAY = re.compile(
    r"(?:昨天|前天|上周|上次|上个?(?:月|星期|礼拜))(?:也|就|不?也)(?:是)?(?:这么|这样)?(?:<?说|今天|明天|讲|答复|安排)|(?:天天|每天|每次|次次|回回|永远|总|老)(?:都)?(?:是|说)(?:明天|今天|马上|在处理|处理中|安排|尽快|核实|稍等|在催)|(?:马上|尽快|稍等|今天|明天|在处理|在催)(?:了|说了|,){1,2}[^.!?]{0,6}(?:几|[二两三四五六七八九十])(?:次|天|遍|回)"
)
_DATED = re.compile(
    r"(?:[0-9一二三四五六七八九十]{1,3}月)?[0-9一二三四五六七八九十]{1,3}[号日][^.!?;]{0,6}(?:下|订|定|买|拍|付|寄|发|申请|退|报|约)[^!?;]{0,16}(?:还没|没(?:收|到|发|退|有)|到现在|至今|未|不见|都[^.]{0,6}了)|(?:上周|上个?月|上个?星期|上个?礼拜|前天|大前天|上上?周|年前|国庆|双十一|双11|618|五一|元旦)[^.!?;]{0,8}(?:下|订|定|买|拍|付|寄|发|申请|退|报|约|送修)[^!?;]{0,12}(?:还没|没(?:收|到|发|退|有|人)|到现在|至今|未|不见)"
)
_TIMES = re.compile(
    rf"第(?P<n>{NUMBER})(?:次|遍|回|趟)(?:来|跟|找|问|催|说|打|反映|反馈|投诉|联系|换|修|退|发|寄|坏|出|收|了|,|$)[^.!?]{{0,6}}"
)
_FIRST_TOO_MANY = 2


def hours_said(text: str) -> list[float]:
    """Return the spans of time that have passed, in hours."""
    return [_hours(found) for found in _LASTED.finditer(text)]


def _hours(found: re.Match[str]) -> float:
    value = number(found["n"])
    hours = float(value or 0) * _HOURS_OF[found["unit"]]
    return hours + (_HOURS_OF[found["unit"]] / 2 if found["half"] else 0)


def times_said(text: str) -> int:
    """Return the how-manieth time this is, by what she says; 0 when she says nothing of it."""
    said = [number(found["n"]) for found in _TIMES.finditer(text)]
    return max((int(each) for each in said if each is not None), default=0)


def lateness(text: str) -> float:
    """Return how surely something is late: 0 for nothing of the kind, up to 0.9.

    Waiting past a promise weighs most; then days; hours and minutes weigh little, since an answer
    may be due in minutes, but a parcel is not.
    """
    promised = _PROMISED.search(text)
    spans = [
        _hours(found)
        for found in _LASTED.finditer(text)
        if not (promised and promised.start() <= found.start() < promised.end())
    ]
    waits = bool(_NOT_YET.search(text))
    longest = max(spans, default=0.0)
    if promised and longest > _hours(promised):
        return 0.85
    if promised and waits and (spans or "现在" in text or "还没" in text):
        return 0.75
    if (_PROMISED_DAY.search(text) and waits) or _NEXT_DAY.search(text) or _DATED.search(text):
        return 0.7
    if not waits or not spans:
        return 0.0
    if longest >= 48:  # noqa: PLR2004 - two days
        return 0.72
    return 0.55 if longest >= 0.5 else 0.3  # noqa: PLR2004 - half an hour


def asks_again(text: str) -> bool:
    """Return True when she says that it is not the first time."""
    return times_said(text) >= _FIRST_TOO_MANY
