"""What the clock starts: cards that were held, put off, grew old or were refused; digests."""

from datetime import datetime

from bot.commons import cases
from bot.features.cards import digest, presence, service
from bot.features.cards.rules import State, rings_always
from bot.kernel.feature import Job, Metric
from bot.kernel.work import Toolbox, UnitOfWork


def sweep(uow: UnitOfWork, tools: Toolbox) -> None:
    """Bring every card that is not over to what it should be; a case rings once at most."""
    uow.take_turns({"cards"})
    found = service.not_over(uow)
    here = presence.at_work(uow, tools) if found else frozenset()
    rung: set[int] = set()
    for card in found:
        if card.state is State.CHANGING:
            service.follow(uow, tools, card)
            continue
        case = cases.get(uow, card.case)
        if case is None or _is_stale(card, case):
            service.change(uow, tools, card)
        elif case.id not in rung and (rings_always(case) or card.advisor in here):
            rung |= {case.id} if _ring(uow, tools, card, case) else set()


def _is_stale(card: service.Issued, case: cases.Case) -> bool:
    asks_in_vain = card.state is State.LIVE and case.accepted_at is not None
    return asks_in_vain or not service.is_hers(case, card.advisor)


def _ring(uow: UnitOfWork, tools: Toolbox, card: service.Issued, case: cases.Case) -> bool:
    """Send what was held, was put off, or can soon be changed no more."""
    if card.state is State.HELD:
        return service.let_out(uow, tools, card, case)
    if service.is_old(uow, card) or _is_to_ring_again(card, case, uow.clock.now()):
        service.ring(uow, tools, case)
        return True
    return False


def _is_to_ring_again(card: service.Issued, case: cases.Case, now: datetime) -> bool:
    until = card.snoozed_until
    return case.state is cases.State.ASSIGNED and until is not None and until <= now


jobs = (
    Job("cards.sweep", sweep, every_s=15),
    Job("cards.digest", digest.send_digests, every_s=60, next_due=digest.next_due),
)
metrics = (
    Metric(
        "cards_held",
        "Cards that wait for their advisors' hours or for tomorrow",
        service.count_held,
        title="等顾问上班或明天再发的卡片",
    ),
)
