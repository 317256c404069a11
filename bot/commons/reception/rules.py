"""What of a member's words asks for a skill. No database."""

import re

from bot.commons import wording

_STYLING = re.compile(
    "造型|穿搭|搭配|形象(?:顾问|设计|管理)|stylist|styling"
    "|(?:帮忙|[帮替给]我?)搭(?![理车话伙建])|搭[一两几](?:套|身)|(?:请人|[帮替给]我)挑(?![的剔])"
)


def wants_styling(said: str) -> bool:
    """Return True for words, hers or a room's, by which somebody is to dress her.

    It is asked of who wants a human: it tells styling from the rest, not a need from none.
    """
    return _STYLING.search(said.casefold().translate(wording.simplified())) is not None
