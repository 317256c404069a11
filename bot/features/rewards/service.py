"""Use cases of rewards: a deed is heard of once, judged once, and taken back when it is undone."""

from dataclasses import dataclass

from bot.commons import deeds, members
from bot.commons.deeds import Deed, Judged
from bot.features.rewards import earning
from bot.features.rewards.book import book
from bot.kernel.events import DeedDone
from bot.kernel.ids import MemberId
from bot.kernel.work import Toolbox, UnitOfWork


@dataclass(frozen=True, slots=True)
class Promised:
    """A badge that what she did was to bring, and the title of what promised it."""

    badge: str = ""
    title: str = ""


_NOTHING = Promised()


def happened(uow: UnitOfWork, tools: Toolbox, deed: Deed, promised: Promised = _NOTHING) -> None:
    """Write down what a member did, and give her what it earns; once, however often it is told.

    While the file has a mistake deeds are only written down, and judged when it is mended.
    """
    rules, member = book(uow, tools), MemberId(deed.member)
    if not rules.keeps_deeds or not members.exists(uow, member):
        return
    _take_turns(uow, member)
    kept = deeds.keep(uow, deed, judged=Judged.DONE if rules.is_whole else Judged.NOT_YET)
    if kept is None:
        return
    if rules.is_whole:
        earning.earn(uow, rules, kept)
    uow.publish(DeedDone(member, kept.id, deed.kind, promised.badge, promised.title))


def catch_up(uow: UnitOfWork, tools: Toolbox, *, most: int) -> bool:
    """Judge what happened while the rules could not be read; True when there may be more."""
    rules = book(uow, tools)
    if not rules.is_whole:
        return False
    waiting = deeds.unjudged(uow, most=most)
    for kept in waiting:
        _take_turns(uow, kept.member)
        if deeds.take(uow, kept) and not kept.is_undone:
            earning.earn(uow, rules, kept)
    return len(waiting) == most


def undone(uow: UnitOfWork, tools: Toolbox, key: str, *, left_fen: int | None, why: str) -> None:
    """Take back what a deed earned: all of it, or what goes beyond `left_fen` of an order."""
    kept = deeds.find(uow, key)
    if kept is None or kept.is_undone:
        return
    _take_turns(uow, kept.member)
    amount_fen = min(left_fen or 0, kept.deed.amount_fen)
    rules, is_over = book(uow, tools), left_fen is None
    earning.give_back(uow, rules, kept, amount_fen, undone=is_over, why=why)


def _take_turns(uow: UnitOfWork, member: int) -> None:
    """Let nobody else judge a deed of hers meanwhile: caps count what is there."""
    uow.take_turns({f"rewards:{member}"})
