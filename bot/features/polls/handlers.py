"""The chat doors: 投票 lists and votes, a card votes, 投票结果 shows what came of it."""

from bot.commons import members, pictures
from bot.features.polls import reads, replies, service
from bot.features.polls.drawing import chart
from bot.features.polls.mine import PAGE
from bot.features.polls.reads import PollView
from bot.features.polls.rules import (
    FIRST_NUMBER,
    Said,
    option_named,
    said_in,
    split_poll,
)
from bot.kernel.community import Community
from bot.kernel.console import number_in
from bot.kernel.messages import Button, Card, CardKind, Choice, Question, Reply
from bot.kernel.ports import Groups, Links, Words
from bot.kernel.router import Answer, Router
from bot.kernel.work import Context

router = Router()
_MOST_LISTED = 8
_RESULTS = 5


@router.command(
    "投票", "投票吧", "我要投票", "来投票", "toupiao", "tp", "vote", argument=True, quietly=True
)
def vote(ctx: Context) -> Answer:
    """List what can be voted on, or take a ballot."""
    polls = {poll.number: poll for poll in reads.open_polls(ctx.uow, most=_MOST_LISTED)}
    said = said_in(ctx.argument) if ctx.argument else Said(())
    if not said.numbers and not said.words:
        return _list(ctx, list(polls.values()))
    number, rest = split_poll(said, {each: poll.id for each, poll in polls.items()})
    if number is None:
        return _unclear(ctx, said, polls)
    poll = next(each for each in polls.values() if each.id == number)
    if rest.words:
        named = option_named(rest.words, [option.text for option in poll.options])
        rest = Said((named,)) if named else rest
    if not rest.numbers:
        return Reply(part=_card(ctx, poll)) if not rest.words else _bad(poll)
    return _cast(ctx, number, rest.numbers)


def _unclear(ctx: Context, said: Said, polls: dict[int, PollView]) -> Answer:
    """Answer a ballot that does not say in which poll, or names one that is not open."""
    if said.numbers and said.numbers[0] > FIRST_NUMBER:
        return _cast(ctx, said.numbers[0] - FIRST_NUMBER, said.numbers[1:] or (0,))
    if not polls:
        return _nothing_open(ctx)
    return Reply("polls/which.txt.j2", {"polls": list(polls.values()), "said": said})


def _bad(poll: PollView) -> Reply:
    return Reply("polls/bad_choice.txt.j2", {"poll": poll, "chosen": (), "too_many": False})


@router.tap("poll", quietly=True)
def tapped(ctx: Context) -> Answer:
    """Take the ballot of a card."""
    tap = ctx.update.tap
    chosen = tuple(int(each) for each in (tap.chosen if tap else ()) if each.isdecimal())
    return _cast(ctx, number_in(ctx.argument) or 0, chosen)


def _cast(ctx: Context, number: int, chosen: tuple[int, ...]) -> Reply:
    groups = ctx.tools.use(Groups)
    wish = service.Wish(ctx.member, number, chosen, ctx.update.at)
    cast = service.cast(ctx.uow, groups, wish)
    poll = reads.poll(ctx.uow, number)
    if poll is None:
        raise service.NoSuchPoll(f"poll {number}", number=FIRST_NUMBER + number)
    return Reply("polls/cast.txt.j2", replies.cast_words(poll, cast, members.addressed(ctx)))


def _list(ctx: Context, polls: list[PollView]) -> Answer:
    if not polls:
        return _nothing_open(ctx)
    if len(polls) == 1:
        return Reply(part=_card(ctx, polls[0]))
    return Reply("polls/list.txt.j2", {"polls": [_seen(ctx, poll) for poll in polls]})


def _nothing_open(ctx: Context) -> Reply:
    zone = ctx.tools.use(Community).zone
    coming = [(poll, poll.opens_at.astimezone(zone)) for poll in reads.coming(ctx.uow)]
    return Reply("polls/nothing.txt.j2", {"coming": coming})


def _seen(ctx: Context, poll: PollView) -> dict[str, object]:
    return replies.shown(ctx.uow, ctx.tools, poll, ctx.member)


def _card(ctx: Context, poll: PollView) -> Card:
    """Return a poll as a card; `fallback` is how it reads where there are none."""
    seen = _seen(ctx, poll)
    links = ctx.tools.use(Links)
    seen["url"] = links.for_group(PAGE) if ctx.update.in_group else ""
    words = ctx.tools.use(Words)
    chosen = reads.ballot_of(ctx.uow, ctx.member, poll.id) if not ctx.update.in_group else None
    mine = chosen.choices if chosen else ()
    choices = tuple(
        Choice(str(option.number), option.text, checked=option.number in mine)
        for option in poll.options
    )
    key = f"poll:{poll.id}"
    return Card(
        id=f"poll-{poll.id}-{ctx.update.key}"[:64],
        shape=CardKind.VOTE,
        title=poll.title,
        fallback=words("polls/poll.txt.j2", **seen, about=members.addressed(ctx)),
        description=words("polls/terms.txt.j2", **seen),
        questions=(Question(key, choices, poll.title, many=poll.max_choices > 1),),
        submit=Button("投票", key),
    )


@router.command("投票结果", "结果", "看结果", "投票结果公布", argument=True)
def results(ctx: Context) -> Reply:
    """Show what polls have decided."""
    said = said_in(ctx.argument) if ctx.argument else Said(())
    polls = reads.latest(ctx.uow)
    if said.numbers:
        polls = [poll for poll in polls if poll.number == said.numbers[0]]
        if not polls:
            raise service.NoSuchPoll("no such poll", number=said.numbers[0])
    else:
        polls = [poll for poll in polls if poll.outcome is not None][:_RESULTS]
    if len(polls) == 1 and polls[0].outcome is not None:
        _draw(ctx, polls[0])
    return Reply("polls/results.txt.j2", {"polls": [_seen(ctx, poll) for poll in polls]})


def _draw(ctx: Context, poll: PollView) -> None:
    """Let the result follow as a picture, where pictures can; the words say the same."""
    pictures.soon(
        ctx.uow,
        ctx.tools,
        chart(ctx.uow, ctx.tools, poll),
        pictures.To.sender_of(ctx.update),
        key=f"polls:{ctx.update.channel}:{ctx.update.key}",
        alt=ctx.tools.use(Words)("polls/picture.txt.j2", poll=poll),
        why="polls.result",
    )
