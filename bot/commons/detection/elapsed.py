"""How long somebody has waited, by what she says: 说好三天,一周了还没 · 17号订的 · 第四次来问."""

import re
from collections.abc import Mapping

from bot.commons.detection.matter import says
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
    "工作日": 24,
    "个工作日": 24,
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
    rf"{_SPAN}(?:了|过去|都|还|才|没|未|也|过|仍|,|的|!|\?|喔|呢|啊|到现在|后|以后|之后|一点|不|$)"
)
_PROMISED = re.compile(
    rf"(?:说好|说|答应|承诺|保证|讲好|约定|写着|写的|页面|预计|规定|通知|告诉我|最多|最晚|最迟|明明)[^.!?;]{{0,10}}?{_SPAN}"
    r"(?:内|之内|以内|到|就|发|送|能|可|退|处理|解决|回|给|的|,|$)"
)
_TIMES = re.compile(
    rf"第(?P<n>{NUMBER})(?:次|遍|回|趟)(?:来(?=[问催找反投修换退说电要查跟,]|$)|跟|找|问|催|说|打|反映|反馈|投诉|联系|换|修|退|发|寄|坏|出|收|了|,|$)[^.!?]{{0,6}}"
)
_HALF_AN_HOUR, _TWO_DAYS = 0.5, 48.0
_FIRST_TOO_MANY = 2
_AROUND = 20


def _hours(found: re.Match[str]) -> float:
    value = number(found["n"])
    hours = float(value or 0) * _HOURS_OF[found["unit"]]
    return hours + (_HOURS_OF[found["unit"]] / 2 if found["half"] else 0)


def times_said(text: str) -> int:
    """Return the how-manieth time this is, by what she says; 0 when she says nothing of it."""
    said = [number(found["n"]) for found in _TIMES.finditer(text)]
    return max((int(each) for each in said if each is not None), default=0)


def lateness(text: str, before: str = "") -> float:
    """Return how surely something is late: 0 for nothing of the kind, up to 0.85.

    What is late may have been said `before`, and now only since when.

    Waiting past a promise weighs most; then days; hours and minutes weigh little, since an answer
    may be due in minutes, but a parcel is not.
    """
    if before and _LASTED.search(text):
        text = f"{before},{text}"
    promised = _PROMISED.search(text)
    spans = [
        found
        for found in _LASTED.finditer(text)
        if not (promised and promised.start() <= found.start() < promised.end())
    ]
    waits = says("not_yet", text)
    if promised and max(map(_hours, spans), default=0.0) > _hours(promised):
        return 0.85
    if promised and waits and not spans and ("现在" in text or "还没" in text):
        return 0.75
    if (says("promised_day", text) and waits) or says("next_day", text) or says("dated", text):
        return 0.7
    return 0.0 if promised else max((_waiting(text, span) for span in spans), default=0.0)


def _waiting(text: str, span: re.Match[str]) -> float:
    """Return how surely a span of time is too long for what is said around it."""
    around = text[max(0, span.start() - _AROUND) : span.end() + _AROUND]
    if not says("not_yet", around):
        return 0.0
    hours = _hours(span)
    if not says("delivery", around) or hours < _HALF_AN_HOUR:
        return 0.3
    return 0.72 if hours >= _TWO_DAYS else 0.6


def asks_again(text: str) -> bool:
    """Return True when she says that it is not the first time."""
    return times_said(text) >= _FIRST_TOO_MANY
