"""The settings of the room, and what its words mean. No database."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

OFFERED = 3
"""So many questions are offered at most when it is not sure which is meant."""
MOST_SAID = 200
"""So much of what somebody asked is kept."""


class FaqSettings(BaseModel):
    """The section `[faq]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sure: float = Field(default=0.55, gt=0, le=1)
    """From this score on, 0 to 1, the answer is given."""
    unsure: float = Field(default=0.36, gt=0, le=1)
    """From this score on she is asked back; below it she is not understood."""
    ahead: float = Field(default=0.04, ge=0, le=1)
    """By so much the first must be likelier than the second, or she is asked back."""
    keep_days: int = Field(default=90, ge=30, le=400)
    """So long what was asked is kept."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.unsure > self.sure:
            raise ValueError(f"unsure = {self.unsure} is above sure = {self.sure}")
        return self


class Outcome(StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    OFFERED = "offered"
    """She was asked back."""
    PICKED = "picked"
    """She was asked back, and said which."""
    MISSED = "missed"


NONE_OF_THEM = frozenset(
    {"都不是", "不是", "都不对", "不对", "没有", "都没有", "没有我要的", "0", "以上都不是"}
)
"""What she says when nothing of what was offered is meant."""
YES = frozenset({"是", "是的", "对", "对的", "嗯", "嗯嗯", "没错", "就是", "就是这个", "yes"})
"""What she says when the one thing that was offered is meant."""
NODS = frozenset(
    {"好", "好的", "好吧", "好滴", "好哒", "嗯", "嗯嗯", "嗯好", "嗯嗯好的", "哦", "哦哦", "噢"}
    | {"行", "ok", "okk", "知道了", "好的知道了", "收到", "明白", "明白了", "了解", "可以"}
    | {"是的", "对", "哈哈", "哈哈哈", "哈哈哈哈", "哈哈哈哈哈", "嘻嘻", "呵呵", "嘿嘿"}
    | {"晚安", "早安", "早上好", "再见", "拜拜"}
)
"""What asks for nothing, so that no answer is owed."""
THANKS = frozenset(
    {"谢谢", "谢谢你", "谢谢您", "谢谢你呀", "谢谢啦", "谢谢哦", "感谢", "多谢", "谢了", "thanks"}
    | {"好的谢谢", "好谢谢", "ok谢谢", "嗯谢谢", "谢谢谢谢", "3q", "thx", "辛苦了", "麻烦了"}
)
GREETINGS = frozenset(
    {"你好", "您好", "hi", "hello", "哈喽", "嗨", "在吗", "在么", "在不在", "亲", "喂", "你好呀"}
)
