"""What a trial looks like to a member."""

from bot.features.trials import reads, service
from bot.features.trials.reads import TrialView
from bot.features.trials.rules import State
from bot.features.trials.telling import PAGE
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.ports import Links
from bot.kernel.work import Context, Toolbox, UnitOfWork

LINK_VALID_S = 24 * 3600


def seen(uow: UnitOfWork, tools: Toolbox, found: TrialView, member: MemberId) -> dict[str, object]:
    """Return everything that a template says of a trial to one member."""
    zone, one = tools.use(Community).zone, reads.application_of(uow, member, found.id)
    waits = one is not None and one.state is State.WAITING
    return {
        "trial": found,
        "one": one,
        "state": one.state.value if one else "",
        "in_front": reads.before(uow, one) if one is not None and waits else 0,
        "counts": reads.counts(uow, found.id),
        "closes_at": found.closes_at.astimezone(zone) if found.closes_at else None,
        "takes": found.takes(uow.clock.now()),
        "wording": service.wording(found),
        "said": reads.feedback_of(uow, member, found.id),
    }


def link(ctx: Context, number: int = 0) -> str:
    """Return the address of the page, fit for where it is read."""
    page, links = PAGE + (f"?trial={number}" if number else ""), ctx.tools.use(Links)
    if ctx.update.in_group:
        return links.for_group(page)
    return links.to(page, ctx.member, valid_s=LINK_VALID_S)
