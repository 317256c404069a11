"""Which day is meant by 昨天, 周二, 8月23日, 8/23, 二十三号, 2026-08-23. Arithmetic only."""

import re
from datetime import date, timedelta

from bot.kernel.words import number_said

DAY = timedelta(days=1)
NEAR = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "昨晚": 1, "前天": 2, "前日": 2, "大前天": 3}
NEAR |= {"明天": -1, "后天": -2}
WEEKDAYS = {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
_WEEKDAY = re.compile(r"(上个?|这个?|本)?(?:周|週|星期|礼拜|禮拜)([一二三四五六日天])")
_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号號]?|(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号號]?")
_OF_MONTH = re.compile(r"(\d{1,2})[日号號]")
_NUMERAL = re.compile(
    r"[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九](?=[月日号號])"
)
_HALF_YEAR = 183 * DAY


def day_said(words: str, today: date) -> date | None:
    """Return the day that is meant; None when it is none.

    A weekday is the last one before today; a date without a year is the nearest one.
    """
    said = "".join(words.split())
    if said in NEAR:
        return _moved(today, -NEAR[said])
    if found := _WEEKDAY.fullmatch(said):
        return _weekday(today, found[1] or "", WEEKDAYS[found[2]])
    said = _NUMERAL.sub(lambda found: str(number_said(found[0])), said)
    if found := _FULL.fullmatch(said):
        year, month, day = (int(each) for each in found.groups() if each)
        return _date(year, month, day)
    if found := _SHORT.fullmatch(said):
        return _nearest(today, int(found[1]), int(found[2]))
    if found := _OF_MONTH.fullmatch(said):
        return _of_month(today, int(found[1]))
    return None


def _moved(day: date, days: int) -> date | None:
    try:
        return day + days * DAY
    except OverflowError:
        return None


def _weekday(today: date, which: str, weekday: int) -> date:
    if which:
        monday = today - today.weekday() * DAY
        return monday + weekday * DAY - (7 * DAY if which.startswith("上") else 0 * DAY)
    return today - ((today.weekday() - weekday - 1) % 7 + 1) * DAY


def _nearest(today: date, month: int, day: int) -> date | None:
    """Return the date of this year, or of the last where that is nearer."""
    this, last = _date(today.year, month, day), _date(today.year - 1, month, day)
    if this is None or (last is not None and this - today > _HALF_YEAR):
        return last
    return this


def _of_month(today: date, day: int) -> date | None:
    """Return that day of this month, or of the last where it is still to come."""
    this = _date(today.year, today.month, day)
    if this is not None and this <= today:
        return this
    before = today.replace(day=1) - DAY
    return _date(before.year, before.month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
