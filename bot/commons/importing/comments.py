"""Comments from outside (外部评论) out of a table; a column of who wrote them is not read."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.commons.importing.bites import Outcome
from bot.commons.ratings import outside
from bot.commons.ratings.outside import Comment
from bot.commons.ratings.sorting import Sorter
from bot.commons.sheets import BadCell
from bot.commons.sheets.cells import address, moment, words
from bot.kernel.checking import describe
from bot.kernel.work import UnitOfWork

COLUMNS = ("source", "comment_id", "said_at", "text", "url", "product", "rating")
NEEDED = ("source", "comment_id", "said_at", "text")
MOST_CHARS = 10_000
_A_DAY = timedelta(days=1)
_STARS = re.compile(r"([1-5])(\.0+)?", re.ASCII)
"""A sheet may write 3 as 3.0."""
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of everything behind it."""


@dataclass(frozen=True, slots=True)
class CommentsIn:
    """Takes comments in, a row at a time."""

    zone: ZoneInfo
    sorter: Sorter = field(default_factory=Sorter)
    columns = COLUMNS
    needed = NEEDED

    def take(self, uow: UnitOfWork, cells: Mapping[str, str]) -> Outcome:
        """Keep the comment of a row.

        Raises:
            BadCell: something is wrong with it; nothing was written.
        """
        comment = self.read(cells)
        if comment.at > uow.clock.now() + _A_DAY:
            raise BadCell("said_at", f"{cells['said_at']} has not come yet")
        try:
            return Outcome(outside.keep(uow, self.sorter, comment).value)
        except outside.Deleted:
            raise BadCell("comment_id", "was deleted here, and stays so") from None

    def read(self, cells: Mapping[str, str]) -> Comment:
        """Return the comment that a row means.

        Raises:
            BadCell: it means none.
        """
        for name in NEEDED:
            if not cells.get(name):
                raise BadCell(name, "is empty")
        url, product, rating = (cells.get(name) for name in ("url", "product", "rating"))
        return Comment(
            source=words("source", cells["source"], most=20),
            number=words("comment_id", cells["comment_id"], most=128),
            at=moment("said_at", cells["said_at"], self.zone),
            words=_said(cells["text"]),
            url=None if url is None else address("url", url),
            product=None if product is None else words("product", product, most=120),
            rating=None if rating is None else _stars(rating),
        )


def key_in(cells: Mapping[str, str]) -> str:
    """Return what names the comment of a row; empty where it names none."""
    source, number = (" ".join(cells.get(name, "").split()) for name in ("source", "comment_id"))
    return outside.key_of(source, number) if source and number else ""


def _said(written: str) -> str:
    """Return what was said on one line, without what nobody sees and a database does not take."""
    text = _TURNS.sub("", " ".join(written.split()))
    text = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cs"})
    if len(text) > MOST_CHARS:
        raise BadCell("text", f"{len(text)} characters, at most {MOST_CHARS}")
    if not text.strip():
        raise BadCell("text", "is empty")
    return text


def _stars(written: str) -> int:
    if written and not _STARS.fullmatch(written):
        raise BadCell("rating", f"found {describe(written)}, allowed: 1, 2, 3, 4, 5")
    return int(written[0]) if written else 0
