"""The chat doors: while a human has a conversation, or is wanted, the bot is silent.

What the platform tells counts more than what we have written down.
"""

from bot.commons import duty
from bot.features.handoff import service, staff, words
from bot.features.handoff.rules import MOVE, State, Wish
from bot.kernel.abilities import Errands
from bot.kernel.capability import Doors
from bot.kernel.messages import Update, UpdateKind
from bot.kernel.reception import Duty, Held, Holder
from bot.kernel.router import Router
from bot.kernel.work import Context, Toolbox, UnitOfWork

router = Router()


@router.watch
def has_a_human(ctx: Context) -> bool:
    """Return True while a human has the conversation, or is wanted.

    A ticket for a welcome is given only when nothing was said for two days, so no session is left.
    """
    update = ctx.update
    if not ctx.tools.use(Doors).of(update.channel).hands_over:
        return False
    party = service.Party(ctx.member, update.channel, update.via, update.sender or "")
    if update.kind is UpdateKind.EVENT:
        if update.ticket is not None:
            service.told(ctx.uow, party, Held(Holder.NOBODY), update.at)
            return False
        talk = service.find(ctx.uow, party.channel, party.account, party.identity)
        return talk is not None and talk.state.is_quiet
    state, wish, began = service.heard(ctx.uow, party)
    if state is State.ASKED and wish is Wish.HUMAN:
        ctx.tools.use(Errands).soon(ctx.uow, MOVE)
    if began and state is State.BOT:
        words.missed(ctx.uow, ctx.tools, party)
    return state.is_quiet


@router.news("session_status_change")
def session_changed(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """Take over who has a conversation now, and say so where the platform allows a line."""
    party = service.known(uow, update.channel, update.via, update.about)
    holder = update.extra.get("holder", "")
    if party is None or not holder:
        return
    held = Held(Holder(holder), update.extra.get("human", ""))
    if not service.told(uow, party, held, update.at) or update.ticket is None:
        return
    if held.by is Holder.HUMAN:
        words.joined(uow, tools, party, update.ticket, held.human)
    else:
        words.ended(uow, tools, party, update.ticket)


@router.news("servicer_status_change")
def duty_changed(uow: UnitOfWork, update: Update, _tools: Toolbox) -> None:
    """Take over that somebody began or stopped taking conversations."""
    human, told = update.extra.get("human", ""), update.extra.get("duty", "")
    if human and told:
        staff.tell(uow, update.channel, update.via, human, duty=Duty(told), at=update.at)
        duty.told(uow, human, Duty(told), update.at)
