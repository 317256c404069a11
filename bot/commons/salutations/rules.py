"""What can be a salutation, and how members say it. No database."""

import re
from datetime import timedelta
from enum import StrEnum

MOST_CHARS = 12
ASKED_FOR = timedelta(days=1)
"""So long what she has asked for waits for her yes."""

_SAYS = re.compile(
    r"(?:以[后後]|今[后後]|请|請|就|麻烦|麻煩)*(?:叫|称呼|稱呼|喊)我(?:一声|为|作)?[\s:：,，“\"「]*"
    r"(?P<words>[^\s，。！？,.!?：:“”\"「」]{1,8}?"
    r"(?:妈妈|媽媽|妈咪|媽咪|麻麻|爸爸|奶奶|姥姥|外婆|主人|姐姐|姐|阿姨|女士|小姐|老师|老師"
    r"|同学|同學|太太))"
    r"[”\"」]?(?:吧|就行|就好|就可以|哦|呀|啦)?[。！!～~]*"
)
_NO_NAME = re.compile(r"怎么|什么|为什么|如何|是不是|能不能|[跟和给把让]|你们|别|不要")


class Why(StrEnum):
    """What is wrong with a salutation."""

    EMPTY = "empty"
    LONG = "long"
    UNFIT = "unfit"
    """It holds a telephone number, a link, an advertisement, or a word that operators list."""


def said_in(sentence: str) -> str:
    """Return what somebody says that she wants to be called; empty when she says no such thing.

    Only what ends like a salutation counts: 叫我小满妈妈 does, 叫我怎么相信你们 does not.
    """
    found = _SAYS.fullmatch(sentence.strip())
    words = found["words"] if found else ""
    return "" if _NO_NAME.search(words) else words
