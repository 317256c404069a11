"""Use cases of votes (投票): one member, one ballot, whichever way and however often she votes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import audience, members, points
from bot.features.polls.reads import PollView, ballot_of, held
from bot.features.polls.rules import FIRST_NUMBER, State, is_open
from bot.kernel.errors import Refusal
from bot.kernel.events import BallotCast
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

SPENT_ON = "poll"
"""The house account that ballots are paid into."""

_CAST = Statement(
    "INSERT INTO ballots (poll_id, member_id, choices, tier, paid, first_at, at)"
    " VALUES (:poll, :member, :choices, :tier, :paid, :at, :at)"
    " ON CONFLICT (poll_id, member_id) DO NOTHING RETURNING 1"
)
# What was sent later counts, also when it arrives earlier.
_CHANGE = Statement(
    "UPDATE ballots SET choices = :choices, at = :at"
    " WHERE poll_id = :poll AND member_id = :member AND at <= :at RETURNING 1"
)


class NoSuchPoll(Refusal):
    """There is no poll of this number."""

    template = "polls/no_poll.txt.j2"


class NotOpen(Refusal):
    """The poll takes no ballots: not yet, or no more."""

    template = "polls/not_open.txt.j2"


class NotEligible(Refusal):
    """The poll is for others; said with whom it is for."""

    template = "polls/not_eligible.txt.j2"


class BadChoice(Refusal):
    """The poll has no such option, or not so many may be chosen."""

    template = "polls/bad_choice.txt.j2"


class TooPoor(Refusal):
    """The ballot costs more points than she has; nothing was written."""

    template = "polls/too_poor.txt.j2"


@dataclass(frozen=True, slots=True)
class Cast:
    """What became of a ballot."""

    choices: tuple[int, ...]
    is_new: bool
    is_same: bool
    """She had chosen the same before."""
    balance: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to vote."""

    member: MemberId
    poll: int
    """Its id."""
    choices: Sequence[int]
    """Numbers of options, from 1."""
    at: datetime
    """When she sent it; that decides whether it was in time."""


def cast(uow: UnitOfWork, groups: Groups, wish: Wish) -> Cast:
    """Take a member's ballot, or change it.

    Args:
        uow: the unit of work.
        groups: the configured groups, which the poll may be for.
        wish: who votes for what.

    Raises:
        NoSuchPoll: there is none.
        NotOpen: it has not begun, is over, or was counted.
        NotEligible: it is not for her.
        BadChoice: no such option, or too many of them.
        TooPoor: she cannot pay for it.
    """
    number, at = wish.poll, wish.at
    found = held(uow, number)
    if found is None or found.state is State.WITHDRAWN:
        raise NoSuchPoll(f"poll {number}", number=FIRST_NUMBER + number)
    if found.state is not State.OPEN or not is_open(found.opens_at, found.closes_at, at):
        early = at < found.opens_at
        raise NotOpen(f"poll {number} at {at}", poll=found, early=early)
    chosen = _checked(found, wish.choices)
    before = ballot_of(uow, wish.member, number)
    if before is None:
        return _first(uow, groups, wish, found, chosen)
    written = ",".join(map(str, chosen))
    uow.run(_CHANGE, poll=number, member=wish.member, choices=written, at=micros(at))
    is_same = before.choices == chosen
    return Cast(chosen, is_new=False, is_same=is_same, balance=points.balance(uow, wish.member))


def _first(
    uow: UnitOfWork, groups: Groups, wish: Wish, found: PollView, chosen: tuple[int, ...]
) -> Cast:
    member = wish.member
    if found.eligible and not audience.includes(uow, found.eligible, member, groups):
        raise NotEligible(f"member {member} in poll {found.id}", poll=found)
    balance = _pay(uow, member, found)
    uow.run(
        _CAST,
        poll=found.id,
        member=member,
        choices=",".join(map(str, chosen)),
        tier=members.tier_of(uow, member),
        paid=found.points,
        at=micros(wish.at),
    )
    uow.publish(BallotCast(member, found.id))
    return Cast(chosen, is_new=True, is_same=False, balance=balance)


def _pay(uow: UnitOfWork, member: MemberId, found: PollView) -> int:
    if not found.points:
        return points.balance(uow, member)
    key = payment_key(found.id, member)
    try:
        return points.spend(uow, member, found.points, reason=SPENT_ON, key=key).balance
    except points.NotEnoughPoints as exc:
        has = points.balance(uow, member)
        raise TooPoor(str(exc), balance=has, needed=found.points) from exc


def payment_key(poll_id: int, member: MemberId) -> str:
    """Return the key under which a ballot is paid."""
    return f"poll:{poll_id}:{member}"


def _checked(found: PollView, choices: Sequence[int]) -> tuple[int, ...]:
    chosen = tuple(sorted(set(choices)))
    last = len(found.options)
    if not chosen or not all(1 <= each <= last for each in chosen):
        raise BadChoice(f"{choices} of {last}", poll=found, chosen=chosen[:5], too_many=False)
    if len(chosen) > found.max_choices:
        raise BadChoice(f"{len(chosen)} choices", poll=found, chosen=chosen[:5], too_many=True)
    return chosen
