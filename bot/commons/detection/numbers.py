"""Numbers in Chinese text: 1,999.99 · 2k · 两千五 · 一百二十三 · 半 · 十几, as exact decimals."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = {
    **{sign: value for value, sign in enumerate("零一二三四五六七八九")},
    **{sign: value for value, sign in enumerate("壹贰叁肆伍陆柒捌玖", 1)},
    "〇": 0,
    "两": 2,
    "俩": 2,
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_VAGUE = "几数多好"
_SIGNS = "".join(_DIGITS) + "".join(_UNITS) + "".join(_MYRIADS)
NUMBER = (
    r"(?:[0-9][0-9,]{0,12}(?:\.[0-9]{1,4})?(?:[kw](?![a-z])|[十百千万亿]{1,2})?"
    rf"|[{_SIGNS}几]{{1,12}}半?|半)"
)
"""A number as people write it; put it in a group of a name."""
_NUMBER = re.compile(NUMBER)
_FIGURE = re.compile(r"([0-9,]+(?:\.[0-9]+)?)([kw]|[十百千万亿]{1,2})?")
_SUFFIX = {
    "k": 1000,
    "w": 10_000,
    **_UNITS,
    **_MYRIADS,
    "十万": 100_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "万亿": 10**12,
    "百亿": 10**10,
    "十亿": 10**9,
    "千亿": 10**11,
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was said, and where."""

    value: Decimal
    start: int
    end: int


def numbers_in(text: str) -> Iterator[Number]:
    """Yield the numbers of a normalised text from left to right."""
    for found in _NUMBER.finditer(text):
        value = number(found[0])
        if value is not None:
            yield Number(value, found.start(), found.end())


def number(said: str) -> Decimal | None:
    """Return the number that `said` is and nothing else; None when it is none.

    What is left open counts as the least that it can mean: 十几 is 13, 几百 300, 七八万 70,000.
    """
    if said == "半":
        return Decimal("0.5")
    if figure := _FIGURE.fullmatch(said):
        digits = figure[1].replace(",", "")
        return Decimal(digits) * _SUFFIX.get(figure[2] or "", 1) if digits else None
    half = said.endswith("半")
    value = _chinese(said.removesuffix("半").replace("几", "三"))
    if value is None:
        return None
    last = next((_UNITS.get(sign) or _MYRIADS.get(sign) for sign in said[-2:-1]), None)
    return Decimal(value) + (Decimal(last or 1) / 2 if half else 0)


def _chinese(said: str) -> int | None:
    """Return a numeral's value: places (一百二十), colloquial (两千五), or digits (二〇二六)."""
    if not said:
        return None
    if all(sign in _DIGITS for sign in said):
        return int("".join(str(_DIGITS[sign]) for sign in said))
    if any(sign not in _SIGNS for sign in said):
        return None
    total = section = digit = 0
    last, pending = 1, False
    for sign in said:
        if sign in _DIGITS:
            if pending and digit:  # 两三万 is 20,000 at least
                continue
            digit, pending = _DIGITS[sign], True
            if not digit:
                last = 10
        elif sign in _UNITS:
            section += (digit if pending else 1) * _UNITS[sign]
            last, digit, pending = _UNITS[sign], 0, False
        else:
            section += digit
            total = (total + (section or 1)) * _MYRIADS[sign]
            last, section, digit, pending = _MYRIADS[sign], 0, 0, False
    if pending:
        section += digit * (last // 10 if last >= 10 else 1)  # noqa: PLR2004 - 两千五 is 2,500
    return total + section
