"""Settings: which notes there are, and by what right somebody gets them."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.kernel.checking import wrong
from bot.kernel.following import NoteKind


class Template(BaseModel):
    """One of the account's templates."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    template_id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    """What it is about, for operators and members."""
    kind: Literal["service", "once"] = "once"
    """`service`: 模板消息 about her own business. `once`: 订阅通知, one for each consent."""

    @property
    def right(self) -> NoteKind:
        """By what right somebody gets it."""
        return NoteKind(self.kind)


class SubscriptionSettings(BaseModel):
    """`[subscriptions]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    service_account: bool = False
    """The account is a verified 服务号: others have no 模板消息 (doc/service, 2026-07)."""
    daily_most: int = Field(default=100_000, ge=1, le=10_000_000)
    """How many notes leave in 24 hours."""
    templates: Mapping[str, Template] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _only_service_accounts(self) -> "SubscriptionSettings":
        names = [name for name, one in self.templates.items() if one.right is NoteKind.SERVICE]
        if names and not self.service_account:
            message = f"{names[0]} is a template message (service), which only a 服务号 may send"
            hint = 'set service_account = true, or kind = "once"'
            raise wrong("bad-value", message, hint, key="templates")
        return self
