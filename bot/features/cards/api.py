"""What a shop tells: `POST /api/v1/views`, a member looked at a product."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.commons import profiles, views
from bot.kernel.calling import Call
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Toolbox, UnitOfWork


class NobodyThere(Refusal):
    """No member goes by this name; nothing was written."""

    template = "cards/nobody.txt.j2"


class Seen(BaseModel):
    """A member looked at a product."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    member: Annotated[str, Field(min_length=1, max_length=200)]
    """`channel:identity`, `phone:…` or `unionid:…`."""
    sku: Annotated[str, Field(min_length=1, max_length=60)]
    at: datetime | None = None
    """When; now when it is not said. Without a zone it is the community's time."""


class Kept(BaseModel):
    """It is noted; told twice it is the same."""

    sku: str
    at: datetime


def _keep(uow: UnitOfWork, tools: Toolbox, seen: Seen, _who: str) -> Kept:
    now = uow.clock.now()
    at = seen.at or now
    if at.tzinfo is None:
        at = at.replace(tzinfo=tools.use(Community).zone)
    at = min(at, now)
    views.saw(uow, _member(uow, seen.member), seen.sku, at)
    return Kept(sku=seen.sku, at=at)


def _member(uow: UnitOfWork, said: str) -> MemberId:
    try:
        member = profiles.find_ref(uow, profiles.read_ref(said))
    except (profiles.BadRef, profiles.Shared):
        member = None
    if member is None:
        raise NobodyThere("nobody", why="nobody", said=said[:40])
    return member


calls = (Call("views", "Note which product a member looked at", Seen, Kept, _keep),)
