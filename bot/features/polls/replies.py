"""What a poll looks like to a member, and the words that answer a ballot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.commons import audience
from bot.features.polls import reads, service
from bot.features.polls.reads import Option, PollView
from bot.features.polls.rules import State, count, is_open, shares
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Toolbox, UnitOfWork


@dataclass(frozen=True, slots=True)
class Bar:
    """One option with what may be shown of it."""

    option: Option
    ballots: int
    percent: int
    is_mine: bool
    is_winner: bool


def shown(uow: UnitOfWork, tools: Toolbox, poll: PollView, member: MemberId) -> dict[str, object]:
    """Return everything that a template says of a poll to one member.

    Counts are there only where the poll is live or over: before, nobody sees them.
    """
    mine = reads.ballot_of(uow, member, poll.id)
    now, zone = uow.clock.now(), tools.use(Community).zone
    takes = poll.state is State.OPEN and is_open(poll.opens_at, poll.closes_at, now)
    chosen = mine.choices if mine else ()
    groups = tools.use(Groups)
    return {
        "poll": poll,
        "takes_ballots": takes,
        "is_early": now < poll.opens_at,
        "opens_at": poll.opens_at.astimezone(zone),
        "closes_at": poll.closes_at.astimezone(zone) if poll.closes_at else None,
        "chosen": chosen,
        "is_for_her": not poll.eligible or audience.includes(uow, poll.eligible, member, groups),
        "voters": reads.voters(uow, poll.id),
        "bars": bars(uow, poll, chosen),
        "counts_shown": poll.outcome is not None or poll.live,
    }


def bars(uow: UnitOfWork, poll: PollView, chosen: Sequence[int] = ()) -> list[Bar]:
    """Return the options with their counts: those it was closed with, else those of now."""
    if poll.outcome is not None:
        counts, voters = poll.outcome.counts, poll.outcome.voters
    else:
        votes = reads.votes(uow, poll.id)
        counts, voters = count(votes, len(poll.options)), len(votes)
    winners = poll.outcome.winners if poll.outcome else ()
    return [
        Bar(option, counts[n], share, option.number in chosen, option.number in winners)
        for n, (option, share) in enumerate(zip(poll.options, shares(counts, voters), strict=True))
    ]


def cast_words(
    poll: PollView, cast: service.Cast, about: Mapping[str, object]
) -> dict[str, object]:
    """Return what the answer to a ballot says."""
    texts = [option.text for option in poll.options if option.number in cast.choices]
    return {**about, "poll": poll, "cast": cast, "texts": texts}
