"""What people mean when they say how it was. Arithmetic only."""

import re
import unicodedata

MOST_STARS = 5
MOST_SAID_CHARS = 500
_STARS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_RATING = re.compile(
    r"(?:(\d{3,9})\s+)?([1-5一二三四五])\s*(?:星|分|颗星)?(?!\d)[\s,，。:：]*(.*)", re.DOTALL
)
_NUMBER = re.compile(r"\d{3,9}")


def stars_in(argument: str) -> tuple[int | None, int, str]:
    """Return salon, stars and words of `101 5 很喜欢`; 0 stars for what are none."""
    text = unicodedata.normalize("NFKC", argument).strip()
    found = _RATING.match(text)
    if found is None:
        number = _NUMBER.match(text)
        return (int(number[0]) if number else None), 0, ""
    stars = int(found[2]) if found[2].isdigit() else _STARS[found[2]]
    return (int(found[1]) if found[1] else None), stars, found[3].strip()[:MOST_SAID_CHARS]
