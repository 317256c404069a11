"""What a wish says, and what is a question about stock. No database."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from pydantic import BaseModel, ConfigDict, Field

from bot.commons.answers import squeezed

ITEMS = 3
"""So many things are shown at once."""
CHOICES = 6
"""So many categories or styles are offered at most."""
NO_LIMIT = 0


class GuideSettings(BaseModel):
    """The section `[guide]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    feed_hours: int = Field(default=48, ge=1, le=720)
    """What the product file told longer ago is no longer said: a human is asked."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody said that she looks for."""

    category: str = ""
    style: str = ""
    budget_yuan: int | None = None


SKIP = frozenset({"跳过", "随便", "都行", "都可以", "不限", "无所谓", "不知道", "没要求", "下一题"})
QUIT = frozenset({"退出", "算了", "不用了", "不买了", "不挑了", "不看了", "结束", "先不看了"})
NONE_FIT = frozenset(
    {"没有合适的", "都不合适", "不合适", "没有喜欢的", "都不喜欢", "不喜欢", "都不好看", "没看上"}
    | {"都没看上", "没合适的", "没有满意的", "都不要"}
)
MORE = frozenset({"换一批", "还有吗", "还有别的吗", "再看看", "下一批", "换几件", "再来几件"})
NEW_STYLE = frozenset({"换风格", "换个风格", "改风格", "重新选风格"})
NEW_BUDGET = frozenset({"换预算", "换个预算", "改预算", "重新选预算"})

_WANTS = re.compile(r"推荐|帮我?挑|帮我?选|帮我?搭|想买|想要|买[件条双个]|穿什么|搭配建议")
_OTHERWISE = re.compile(
    r"推荐(好友|朋友|闺蜜|码|奖|有礼|人)|尺码|码数|几码|什么码|多大码"
    r"|退|换(?:货|掉|成|[个一](?:颜色|尺码|码|号|大|小|件))|发票|补偿|赔|投诉|售后|提现|差价|坏了|破了"
)
_FILLERS = re.compile(
    r"推荐|搭配|建议|穿搭|衣服|穿什么|好看的?|新款|有什么|有没有|看看|适合|想买|一下|一|几|"
    r"[帮我挑选件些套条款给求请吗呢吧的想买要能可以点个今天]"
)
_BEFORE_NAME = re.compile(r"^(?:请|帮|给|我|想|要|买|推荐|看看|一?[件条双个套款])+")
_STOCK = re.compile(
    r"有现?货|没货|现货|缺货|断货|断码|补货|到货|库存|卖完|售罄|还有[吗么没]|还有.{0,12}[码号色件条双]|有.{0,8}码吗?$"
)
_STOCK_WORDS = re.compile(
    r"什么时候|啥时候|多久|几时|请问|我想|想要|那款|这款|那件|这件|那条|这条|你们|店里|"
    r"还?有没有|还?有现?货|还有|没货|现货|缺货|断货|断码|补货|到货|库存|卖完|售罄|"
    r"[吗呢吧啊呀了没的有会再能]"
)
_SIZE = re.compile(r"(?<![a-z])(x{0,3}[sl]|m|均)(?![a-z])\s*[码号]?|(?<!\d)(\d{2,3})\s*[码号]")

_CHINESE = "一二两三四五六七八九十百千万零"
_AMOUNT = rf"(\d+(?:\.\d+)?|[{_CHINESE}]+)\s*(k|w|万|千|百)?"
_RANGE = re.compile(rf"\d+\s*(?:-|~|到|至)\s*{_AMOUNT}")
_LIMIT = re.compile(
    rf"(?:预算|不超过|最多|低于|不到)\D{{0,3}}?{_AMOUNT}|{_AMOUNT}\s*(?:元|块钱?|以内|以下|之内|左右|内)"
)
_ALONE = re.compile(rf"{_AMOUNT}\s*(?:元|块钱?)?")
_UNITS = {"k": 1000, "w": 10_000, "万": 10_000, "千": 1000, "百": 100, "十": 10}
_ONES = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_STEMMED, _ENDINGS, _PIECE = 2, frozenset("装子类服"), 2
_NAME_CHARS = 30
"""Of a product's name so much is compared."""
_LEAST_YUAN, _MOST_YUAN = 10, 1_000_000


def wish_in(
    said: str,
    categories: Iterable[str],
    styles: Iterable[str],
    names: Sequence[tuple[str, str]] = (),
) -> Wish:
    """Return what a sentence says of category, style and budget.

    Args:
        said: her words.
        categories: those that there are.
        styles: those that there are.
        names: of products, each with its category: 毛衣 is in the names of 针织.
    """
    known = sorted(categories)
    category = _named(said, known) or _stem_in(said, known) or _category_of(said, names)
    return Wish(category, _named(said, styles), budget_in(said))


def _named(said: str, names: Iterable[str]) -> str:
    """Return the longest name that occurs; `外套/大衣` is called either."""
    folded = squeezed(said)
    found = [
        (len(form), name)
        for name in names
        for part in re.split(r"[/／、|]", name)
        if (form := squeezed(part)) and form in folded
    ]
    return max(found, key=lambda one: (one[0], one[1]))[1] if found else ""


def _stem_in(said: str, categories: Sequence[str]) -> str:
    """Return the one category whose noun occurs otherwise put: 裙子, 连衣裙 for 裙装."""
    folded = squeezed(said)
    found = [name for name in categories if (stem := _stem(name)) and stem in folded]
    return found[0] if len(found) == 1 else ""


def _stem(category: str) -> str:
    form = squeezed(category)
    return form[:-1] if len(form) == _STEMMED and form[-1] in _ENDINGS else ""


def _category_of(said: str, names: Sequence[tuple[str, str]]) -> str:
    """Return the category of most products whose names share the longest piece with what is said.

    Names are cut up, not what she says: they are many, but short, and most share no two signs.
    """
    rest = _FILLERS.sub(" ", squeezed(said))
    pairs = {rest[at : at + _PIECE] for at in range(len(rest))}
    counts: Counter[tuple[int, str]] = Counter()
    for name, category in names:
        form = _form(name)
        if any(form[at : at + _PIECE] in pairs for at in range(len(form) - 1)):
            counts[_shared(form, rest), category] += 1
    return max(counts, key=lambda one: (one[0], counts[one], one[1]))[1] if counts else ""


_form = lru_cache(maxsize=32_768)(partial(squeezed, most=_NAME_CHARS))


def _shared(name: str, said: str) -> int:
    """Return how long the longest piece of a name is that is said, too."""
    longest = 0
    for at in range(len(name)):
        while at + longest < len(name) and name[at : at + longest + 1] in said:
            longest += 1
    return longest


def may_want_guide(said: str) -> bool:
    """Return False when a sentence surely does not ask to be shown things."""
    return bool(_WANTS.search(squeezed(said))) and not is_of_something_else(said)


def is_of_something_else(said: str) -> bool:
    """Return True for a sentence of returns, invoices and such: an amount in it is no budget."""
    return bool(_OTHERWISE.search(squeezed(said)))


def wants_guide(said: str, wish: Wish) -> bool:
    """Return True when a sentence asks to be shown things, and which, or says nothing else."""
    says = bool(wish.category or wish.style) or wish.budget_yuan is not None
    return may_want_guide(said) and (says or not _FILLERS.sub("", squeezed(said)))


def named_in(said: str) -> str:
    """Return what is left of a wish: how a product may be called."""
    return _BEFORE_NAME.sub("", squeezed(said))


def asks_stock(said: str) -> bool:
    """Return True when a sentence may ask whether there is something left."""
    return bool(_STOCK.search(squeezed(said)))


def product_in(said: str) -> str:
    """Return what is left of a question about stock: how the product is called."""
    return _STOCK_WORDS.sub("", _SIZE.sub("", _folded(said))).strip(" ,，。?？!！：:")


def size_in(said: str) -> str:
    """Return the size that a question names, in small letters; empty for none."""
    found = _SIZE.search(_folded(said))
    return (found[1] or found[2]) if found else ""


def budget_in(said: str, *, alone: bool = False) -> int | None:
    """Return the most that somebody wants to spend, in yuan; None when she does not say.

    Args:
        said: her words.
        alone: she was asked for it, so that a number alone is meant so.
    """
    folded = _folded(said)
    found = _RANGE.search(folded) or _LIMIT.search(folded)
    if found is None and alone:
        found = _ALONE.fullmatch(folded.strip())
    if found is None:
        return None
    groups = found.groups()
    number, unit = next(
        (number, unit or "")
        for number, unit in zip(groups[::2], groups[1::2], strict=True)
        if number
    )
    yuan = int(_number(number) * _UNITS.get(unit, 1))
    return yuan if _LEAST_YUAN <= yuan <= _MOST_YUAN else None


def _number(word: str) -> float:
    if word[0].isdigit():
        return float(word[:12])
    total = current = 0
    for sign in word:
        if sign in _ONES:
            current = _ONES[sign]
        elif sign == "万":
            total, current = max(total + current, 1) * _UNITS[sign], 0
        else:
            total, current = total + max(current, 1) * _UNITS[sign], 0
    return float(total + current)


def bands(prices_yuan: Iterable[int]) -> list[int]:
    """Return limits to choose a budget from: a third, two thirds, and no limit."""
    prices = sorted(prices_yuan)
    if not prices:
        return []
    thirds = {_up(prices[len(prices) * part // 3]) for part in (1, 2)}
    below = sorted(limit for limit in thirds if limit < prices[-1])
    return [*below, NO_LIMIT] if below else []


def _up(yuan: int) -> int:
    """Return the next full hundred."""
    return -(-yuan // 100) * 100


def _folded(said: str) -> str:
    return unicodedata.normalize("NFKC", said[:200]).casefold()
