"""What the clock starts: cards that were held, put off, grew old or were refused; digests."""

from datetime import datetime

from bot.commons import cases
from bot.features.cards import digest, presence, service
from bot.features.cards.rules import State, rings_always
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def sweep(uow: UnitOfWork, tools: Toolbox) -> None:
    """Bring every card that is not over to what it should be."""
    found = service.not_over(uow)
    if not found:
        return
    here, now = presence.at_work(uow, tools), uow.clock.now()
    for card in found:
        if card.state is State.CHANGING:
            service.follow(uow, tools, card)
            continue
        case = cases.get(uow, card.case)
        if case is None or not service.is_hers(case, card.advisor):
            service.change(uow, tools, card)
            continue
        if not (rings_always(case) or card.advisor in here):
            continue
        if card.state is State.HELD:
            service.let_out(uow, tools, card, case)
        elif service.is_old(uow, card) or _is_to_ring_again(card, case, now):
            service.ring(uow, tools, case)


def _is_to_ring_again(card: service.Issued, case: cases.Case, now: datetime) -> bool:
    return (
        case.state is cases.State.ASSIGNED
        and card.snoozed_until is not None
        and card.snoozed_until <= now
    )


jobs = (
    Job("cards.sweep", sweep, every_s=15),
    Job("cards.digest", digest.send_digests, every_s=60, next_due=digest.next_due),
)
