"""Settings, and what is meant by the words that follow a command. Arithmetic only."""

import re
import unicodedata

from pydantic import BaseModel, ConfigDict, Field

from bot.commons.submissions import Credit, Wish

MOST_PICTURES = 9
TEXT_CHARS = 2000
CREDIT_CHARS = 20
_MB = 1024 * 1024


class UgcSettings(BaseModel):
    """The section `[ugc]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    draft_pause_minutes: int = Field(default=30, ge=5, le=24 * 60)
    """So long without anything new, and what she writes is no part of her submission any more."""
    draft_keep_days: int = Field(default=7, ge=1, le=60)
    """How long a submission that was not ended waits for 完成."""
    tell_after_s: int = Field(default=120, ge=0, le=24 * 3600)
    """So long after a verdict its author is told: until then it is taken back without a trace."""
    second_pair: bool = True
    """Two operators look at what others will see."""
    max_picture_mb: int = Field(default=10, ge=1, le=100)
    rejected_keep_days: int = Field(default=30, ge=1, le=365)
    """How long pictures of what was not accepted are kept."""

    @property
    def picture_bytes(self) -> int:
        """What a picture may weigh."""
        return self.max_picture_mb * _MB


_CHOICE = re.compile(r"\s*(?:编号|第|#|№)?\s*(\d{1,18})\s*(?:号)?\s*(.*)", re.DOTALL)
_NAMED = re.compile(r"(?:署名|名字|实名|用名字?|叫)\s*[:：]?\s*(.+)", re.DOTALL)


def wish_in(words: str, *, public: bool) -> Wish | None:
    """Return what `12 昵称`, `12 匿名` or `12 署名 王小美` asks for; None for nothing clear."""
    found = _CHOICE.fullmatch(unicodedata.normalize("NFKC", words))
    if found is None:
        return None
    number, rest = int(found[1]), found[2].strip()
    if not public or rest in {"", "匿名", "不署名"}:
        return Wish(number, public)
    if rest in {"昵称", "用昵称", "署昵称"}:
        return Wish(number, public, Credit.NICKNAME)
    named = _NAMED.fullmatch(rest)
    name = " ".join(named[1].split()) if named else ""
    if not name or len(name) > CREDIT_CHARS:
        return None
    return Wish(number, public, Credit.NAME, name)


def excerpt(text: str, most: int) -> str:
    """Return the beginning of a text on one line, fit for a content file: nothing in it is code."""
    line = " ".join(text.split()).replace("{", "｛").replace("}", "｝")
    return line if len(line) <= most else f"{line[: most - 1]}…"
