"""The front matter of a canned answer, a file in `content/replies/`, and what it may speak of."""

from typing import ClassVar

from pydantic import Field

from bot.commons.content import Kind, PostMatter, Stage
from bot.commons.content.matter import KindWord, Named, StageWord, Words

CALLED, ADVISOR, SHOP, TODAY = "称呼", "顾问", "店名", "今天"


class ReplyMatter(PostMatter):
    """The keys of a canned answer (常用语)."""

    speaks_of: ClassVar[tuple[str, ...]] = (CALLED, ADVISOR, SHOP, TODAY)

    title: Named = Field(max_length=40)
    keys: Words = Field(default=(), max_length=10)
    """What it is found by, besides its title and tags: `tk`, `tuikuan`."""
    kind: KindWord = Kind.KNOWLEDGE
    stage: StageWord = Stage.PURCHASE
