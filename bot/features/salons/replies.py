"""What a salon looks like to a member, in chat and on her page."""

from collections.abc import Mapping

from bot.commons import members, salons
from bot.commons.salons import Admission, Place, SalonView, State
from bot.commons.salons.hosts import host_shown
from bot.features.salons.service import Signed
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.messages import Button
from bot.kernel.ports import Groups, Links
from bot.kernel.work import Context, Toolbox, UnitOfWork

PAGE = "salons/coming"
LINK_VALID_S = 24 * 3600


def shown(uow: UnitOfWork, tools: Toolbox, found: SalonView, member: MemberId) -> dict[str, object]:
    """Return everything that a template says of a salon to one member."""
    now, groups = uow.clock.now(), tools.use(Groups)
    mine = salons.signup(uow, found.id, member)
    taken = salons.taken(uow, found.id)
    takes = found.state is State.OPEN and now < found.signup_until
    waits = mine is not None and mine.state is Place.WAITING
    return {
        "salon": found,
        "zone": tools.use(Community).zone,
        "signup": mine if mine and mine.state is not Place.OUT else None,
        "admission": salons.admission(uow, groups, found, member, now),
        "opens_at": salons.opens_at(found),
        "takes_signups": takes,
        "has_begun": now >= found.starts_at,
        "free": None if found.capacity is None else max(0, found.capacity - taken),
        "in_front": salons.in_front(uow, found.id, member) if waits else 0,
        "host": host_shown(uow, found),
        "most": 1 + found.guests_max,
    }


def button(found: SalonView, seen: Mapping[str, object], *, in_group: bool) -> Button | None:
    """Return what can be pressed below a salon; None for nothing. In a group all press the same."""
    if seen["signup"] and not in_group:
        return Button("取消报名", f"salon:out:{found.number}") if not seen["has_begun"] else None
    may = seen["takes_signups"] and (in_group or seen["admission"] == Admission.OPEN)
    return Button("报名", f"salon:sign:{found.number}") if may else None


def about(ctx: Context) -> dict[str, object]:
    """Return whom to name, and where more stands: in a group others read along."""
    in_group = ctx.update.in_group
    links = ctx.tools.use(Links)
    return {
        "in_group": in_group,
        "name": members.display_name(ctx.uow, ctx.member) if in_group else None,
        "url": links.for_group(PAGE)
        if in_group
        else links.to(PAGE, ctx.member, valid_s=LINK_VALID_S),
        "zone": ctx.tools.use(Community).zone,
    }


ALONE: Mapping[str, object] = {"in_group": False, "name": None, "url": ""}
"""On her own page nobody reads along, and no link is needed."""


def signed_words(signed: Signed, about_her: Mapping[str, object]) -> dict[str, object]:
    """Return what the answer to a sign-up or a cancellation says."""
    return {**about_her, "salon": signed.salon, "signup": signed.signup, "signed": signed}
