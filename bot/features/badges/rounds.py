"""What the clock does: new badges look at everybody, and members hear of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import members, outreach
from bot.features.badges import service
from bot.features.badges.book import Book, book
from bot.features.badges.matter import Badge
from bot.kernel.clock import is_day
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_OPEN = Statement(
    "INSERT INTO badge_rounds (code, terms, next_member, granted) VALUES (:code, :terms, 0, 0)"
    " ON CONFLICT (code) DO UPDATE SET terms = excluded.terms, next_member = 0, granted = 0,"
    " done_at = NULL WHERE badge_rounds.terms <> excluded.terms"
)
# Of two replicas the second waits for the first, and then goes on where that has stopped.
_TAKE = Statement(
    "UPDATE badge_rounds SET granted = granted WHERE code = :code AND done_at IS NULL"
    " RETURNING next_member"
)
_GO_ON = Statement(
    "UPDATE badge_rounds SET next_member = :next, granted = granted + :granted, done_at = :done"
    " WHERE code = :code"
)
_ROUNDS = Statement("SELECT code, next_member, granted, done_at FROM badge_rounds ORDER BY code")
_BEGIN = Statement("UPDATE badge_rounds SET next_member = 0, done_at = NULL")
_BITE = 50
_MOST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Round:
    """How far the look at all members for a badge is."""

    code: str
    next_member: int
    granted: int
    done_at: datetime | None


def rounds(uow: UnitOfWork) -> Sequence[Round]:
    """Return how far each badge's look at all members is."""
    return [
        Round(
            str(code),
            integer(member),
            integer(granted),
            None if done is None else instant(done),
        )
        for code, member, granted, done in uow.run(_ROUNDS)
    ]


def backfill(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Let a bite of members have a badge that is new; True when there may be more.

    Nobody is written to because of it: it stands under 我的勋章.
    """
    rules = book(uow, tools)
    for badge in rules.badges.badge:
        terms = badge.model_dump_json(exclude={"title", "words", "emoji", "coupon"})
        uow.run(_OPEN, code=badge.code, terms=terms)
        if found := uow.run(_TAKE, code=badge.code):
            _bite(uow, rules, badge, integer(found[0][0]))
            return True
    return False


def _bite(uow: UnitOfWork, rules: Book, badge: Badge, after: int) -> None:
    people = members.all_members(uow, after=after, most=_BITE)
    granted = sum(service.look_at(uow, rules, badge, member) for member in people)
    done = micros(uow.clock.now()) if len(people) < _BITE else None
    last = people[-1] if people else after
    uow.run(_GO_ON, code=badge.code, next=last, granted=granted, done=done)


def tell(uow: UnitOfWork, tools: Toolbox) -> None:
    """Tell members of new badges: by day, at most one message a day, all of them in it."""
    local = uow.clock.now().astimezone(tools.use(Community).zone)
    if not is_day(local):
        return
    for member in service.untold(uow, most=_MOST_TOLD):
        _tell(uow, tools, member, local)


def _tell(uow: UnitOfWork, tools: Toolbox, member: MemberId, local: datetime) -> None:
    """Write to her where that is possible; nobody has to call her because of it."""
    titles = service.untold_of(uow, member)
    letter = outreach.Letter(
        f"badges:{member}:{local.date()}",
        "新勋章",
        outreach.Purpose.SERVICE,
        "badges/new_badges.txt.j2",
        {"titles": titles},
    )
    told = outreach.tell(uow, tools, member, letter) if outreach.ways(uow, tools, member) else None
    if told is not outreach.Told.BEFORE:
        service.seen(uow, member)


def begin_anew(uow: UnitOfWork) -> None:
    """Let every badge look at everybody once more: something was done while none could be read."""
    uow.run(_BEGIN)
