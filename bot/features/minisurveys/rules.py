"""When she is asked, what counts as her answer, and who would be asked. Arithmetic only."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from bot.kernel.clock import FROM_HOUR, TO_HOUR, instant_of, is_day
from bot.kernel.words import closed, plain

LATE = timedelta(hours=24)
"""So long after the moment she may still be asked, a night included; then it has lapsed."""
MOST_HOURS, MOST_DAYS = 72, 7
NEWS_FOR = timedelta(days=MOST_DAYS) + LATE
"""What is longer ago than this when we hear of it is history: nobody is asked about it."""
TALKING = timedelta(minutes=30)
"""Who has written to us so lately is in the middle of something."""
WORDS_FOR = timedelta(hours=48)
"""So long the words that follow the question directly are its answer."""
OPEN_FOR = timedelta(days=7)
"""So long 回答 … is an answer."""
ANSWER_CHARS = 500
AHEAD = timedelta(days=7)
_SKIPS = frozenset(
    {
        "跳过",
        "跳过吧",
        "跳过这题",
        "跳过这个",
        "下一题",
        "不想回答",
        "不想说",
        "不回答",
        "不答",
        "pass",
    }
)
_NOTHING = frozenset(
    {"没有", "没有了", "没", "无", "暂无", "没啥", "没什么", "没想法", "不知道", "暂时没有"}
    | {
        "都好",
        "都挺好",
        "挺好",
        "挺好的",
        "很好",
        "都很好",
        "没有不满意",
        "都满意",
        "满意",
        "没意见",
    }
)
_WISHES = ("能不能", "可不可以", "能否", "可否", "希望", "建议", "最好", "要是", "如果")
_ASKS = re.compile(
    r"什么时候|啥时候|几时|要多久|多久(?:能|可以|才|到|发|$)|多少钱|^(?:请问|想问|问一?下|怎么|咋|有没有)"
    r"|在哪|帮我|帮忙|发我|发给我|查一?下|^我想买|^(?:以后|请)?叫我|我的订单"
)
"""What asks for something of ours, without a question mark, too."""
_NAMED = re.compile(r"\s*回答(?:小问卷)?[\s:：,，、]+(.+)", re.DOTALL)
T = TypeVar("T")


def by_day(at: datetime, zone: ZoneInfo) -> datetime:
    """Return `at`, or the morning after it when that is at night."""
    here = at.astimezone(zone)
    if is_day(here):
        return at
    day = here.date() + timedelta(days=here.hour >= TO_HOUR)
    return instant_of(datetime.combine(day, time(FROM_HOUR)), zone)


def is_news(at: datetime, now: datetime) -> bool:
    """Return False for what happened so long ago that nobody is asked about it."""
    return now - at <= NEWS_FOR


def is_rested(last: datetime | None, at: datetime, days: int) -> bool:
    """Return True when she was not asked anything in the `days` before `at`."""
    return last is None or last <= at - timedelta(days=days)


def named(said: str) -> str:
    """Return what stands behind 回答: it says itself that it is an answer; empty for all else."""
    found = _NAMED.match(said)
    return found[1].strip() if found else ""


def is_skip(said: str) -> bool:
    """Return True for words that pass the question by."""
    return closed(plain(said)) in _SKIPS


def says_nothing(said: str) -> bool:
    """Return True for an answer that there is nothing to improve: there is nothing to sort."""
    return closed(plain(said)) in _NOTHING


def is_answer(said: str, small_talk: frozenset[str]) -> bool:
    """Return False for what is no answer to a question: a nod, a number, a question to us.

    A wish may be put as a question: 能不能多进小码？
    """
    form = closed(plain(said))
    if not any(sign.isalpha() for sign in form) or form in small_talk or form in _SKIPS:
        return False
    asks = said.rstrip().endswith(("?", "？")) or form.endswith("吗") or _ASKS.search(form)
    return not asks or form.startswith(_WISHES)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """Somebody who may be asked at a moment."""

    one: T
    member: int
    at: datetime


def rehearse(
    candidates: Iterable[Candidate[T]],
    last: Mapping[int, datetime | None],
    days: int,
    why_not: Callable[[Candidate[T]], str],
    *,
    lately: str,
) -> Iterator[tuple[Candidate[T], str]]:
    """Yield who comes up, in order, each with why she is not asked; empty when she is.

    Args:
        candidates: in any order.
        last: when each member was last asked anything.
        days: so long she is then left alone.
        why_not: of anything else that stands against it.
        lately: what being asked too often is called.
    """
    asked = dict(last)
    for each in sorted(candidates, key=lambda one: one.at):
        why = why_not(each) if is_rested(asked.get(each.member), each.at, days) else lately
        if not why:
            asked[each.member] = each.at
        yield each, why
