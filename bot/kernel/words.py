"""How typed words are compared: the same command in any width, script, spacing or decoration.

    "＠小拾 【幫　助】！！"  →  plain: "帮 助"  →  closed: "帮助", which is a command

Scripts are folded character by character and only for characters that occur in command words:
no dictionary is needed, and what a member writes otherwise is not rewritten.
"""

import re
import unicodedata
from enum import StrEnum

# Only characters that occur in command words; a full converter would change people's names.
_TRADITIONAL = str.maketrans(
    "簽籤補積勳選數據資導刪確認銷幫報動權為麼麽靜復訂閱轉專處誰這個請問門歷曆"
    "歴記錄單會來餘額務聯係繫顧詢說隱載號賬帳註嗎嘍達遷綁評價參戰進圖沒錯週頭"
    "銜盃議兌換殺搶預優貨調",
    "签签补积勋选数据资导删确认销帮报动权为么么静复订阅转专处谁这个请问门历历"
    "历记录单会来余额务联系系顾询说隐载号账账注吗喽达迁绑评价参战进图没错周头"
    "衔杯议兑换杀抢预优货调",
)
_MENTION = re.compile(r"^(?:@\S+\s+)+")
_MOST_AGAIN = 100
_NO_WORDS = re.compile(r"[\W_]+")
_SPACES = re.compile(r"[\s\u200b\u2060\ufeff]+")  # three of no width, which copying brings along

# What makes one visible character out of several (Unicode, UTS #51)
_JOINER = "\u200d"
_VARIANTS = "\ufe0e\ufe0f"
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_FLAG_LETTERS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN"


def plain(text: str) -> str:
    """Return `text` as commands are compared.

    Width, traditional characters and case are folded; mentions in front, and punctuation,
    emoji and spaces around it, are gone; spaces inside are single.
    """
    if text in _SEEN:  # most messages are one of a few commands
        return text
    folded = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL).casefold()
    folded = _MENTION.sub("", folded.strip())
    start, end = 0, len(folded)
    while start < end and not _is_word(folded[start]):
        start += 1
    while end > start and not _is_word(folded[end - 1]):
        end -= 1
    return _SPACES.sub(" ", folded[start:end])


def closed(said: str) -> str:
    """Return the plain form without spaces: "打 卡" is 打卡, however it came to be spaced."""
    return said.replace(" ", "")


_SEEN: set[str] = set()


def register(word: str) -> str:
    """Return the plain form of a command word and remember that it is plain already."""
    form = plain(word)
    _SEEN.add(form)
    return form


class NoNumeral(StrEnum):
    """Why words are no number that something could be called by, or counted."""

    WORDS = "words"
    """They say no number, or more than one."""
    NEGATIVE = "negative"
    FRACTION = "fraction"
    HUGE = "huge"


_MOST_DIGITS = 9
_SIGNS = " :,、;。#"
_FIGURES = str.maketrans("〇壹贰貳叁參肆伍陆陸柒捌玖拾兩", "零一二二三三四五六六七八九十两")
_ONES = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_NAMED = re.compile(r"(?:第|编号|編號|号|號|no\.?)?\s*(.+?)\s*(?:号|號|个|個|条|條)?")
_NUMBER = re.compile(r"(?P<minus>[-−负負])?\s*(?P<whole>[0-9]+)(?P<part>[.⁄/点][0-9]+)?")
_CHINESE = re.compile(
    r"(?:(?P<tens>[一二两三四五六七八九])?(?P<ten>十))?(?P<ones>[零一二两三四五六七八九])?"
)


def numeral(text: str) -> int | NoNumeral:
    """Return the number that words say and nothing else: `3`, `３`, `③`, `第 3 个`, `二十一`.

    Chinese numerals are read up to 九十九. Whatever is none is told apart, for an answer to it.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_FIGURES)
    named = _NAMED.fullmatch(folded.strip(_SIGNS))
    if named is None:
        return NoNumeral.WORDS
    if (found := _NUMBER.fullmatch(named[1])) is None:
        return _chinese(named[1])
    if found["minus"]:
        return NoNumeral.NEGATIVE
    if found["part"]:
        return NoNumeral.FRACTION
    return NoNumeral.HUGE if len(found["whole"]) > _MOST_DIGITS else int(found["whole"])


def _chinese(word: str) -> int | NoNumeral:
    figures = word.lstrip("负負").lstrip()
    found = _CHINESE.fullmatch(figures)
    if not figures or found is None:
        is_more = figures and set(figures) <= {*_ONES, *"十百千万亿"} and {*figures} & {*"百千万亿"}
        return NoNumeral.HUGE if is_more else NoNumeral.WORDS
    if figures != word:
        return NoNumeral.NEGATIVE
    tens, ten, ones = found["tens"], found["ten"], found["ones"]
    return (10 * _ONES[tens or "一"] if ten else 0) + _ONES[ones or "零"]


def number_said(text: str) -> int | None:
    """Return the number that words say; None for whatever is none."""
    return number if isinstance(number := numeral(text), int) else None


def count_in(text: str, most: int) -> int | None:
    """Return the number from 0 to `most` that figures 0 to 9 say; None for anything else."""
    if not (text.isascii() and text.isdigit()):
        return None
    figures = text.lstrip("0")
    if len(figures) > len(str(most)):
        return None
    return number if (number := int(figures or "0")) <= most else None


def once(said: str) -> str:
    """Return what is said again and again, "打卡!打卡!打卡" is 打卡; empty for anything else."""
    letters = _NO_WORDS.sub("", said) if len(said) <= _MOST_AGAIN else ""
    length = (letters + letters).find(letters, 1)
    return letters[:length] if 1 < length < len(letters) else ""


_FORMULAS = {*"=+-@＝＋－＠"}


def for_sheet(text: str) -> str:
    """Return `text` so that a spreadsheet takes it for words, never for a formula."""
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Return True for what a spreadsheet may take for a formula; a Chinese one reads full width."""
    return text.lstrip()[:1] in _FORMULAS or text[:1] in {*"\t\r"}


def cut_bytes(text: str, limit_bytes: int, mark: str = "…") -> str:
    """Return `text` in at most `limit_bytes` UTF-8 bytes, cut between characters, marked if cut.

    A joined emoji or a letter with its accents is never cut in two.
    """
    raw = text.encode()
    if len(raw) <= limit_bytes:
        return text
    kept = raw[: max(0, limit_bytes - len(mark.encode()))].decode(errors="ignore")
    while kept and _continues(text, len(kept)):
        kept = kept[:-1]
    return kept + mark if limit_bytes >= len(mark.encode()) else kept


def cut_chars(text: str, limit: int, mark: str = "…") -> str:
    """Return `text` in at most `limit` characters, marked if cut."""
    if len(text) <= limit:
        return text
    kept = text[: limit - len(mark)]
    while kept and _continues(text, len(kept)):
        kept = kept[:-1]
    return kept + mark


def _continues(text: str, at: int) -> bool:
    """Return True when the character at `at` belongs to the one before it."""
    here, before = text[at], text[at - 1]
    return (
        _JOINER in (here, before)
        or here in _VARIANTS
        or here in _SKIN_TONES
        or (here in _FLAG_LETTERS and before in _FLAG_LETTERS)
        or unicodedata.combining(here) != 0
    )
