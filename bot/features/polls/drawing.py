"""What came of a poll as a picture, the same for everybody."""

from bot.commons import pictures
from bot.features.polls.reads import PollView
from bot.features.polls.replies import bars
from bot.kernel.community import Community
from bot.kernel.console import Download
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork


def chart(uow: UnitOfWork, tools: Toolbox, poll: PollView) -> pictures.PollChart:
    """Return the chart of a poll that was counted."""
    community, words = tools.use(Community), tools.use(Words)
    ended = poll.closed_at.astimezone(community.zone) if poll.closed_at else None
    return pictures.PollChart(
        brand=community.name,
        title=poll.title,
        options=tuple(
            pictures.PollOption(bar.option.text, bar.ballots, bar.is_winner)
            for bar in bars(uow, poll)
        ),
        voters=poll.outcome.voters if poll.outcome else 0,
        closed=words("polls/ended.txt.j2", at=ended) if ended else "",
        note=words("polls/verdict.txt.j2", poll=poll),
    )


def download(uow: UnitOfWork, tools: Toolbox, poll: PollView | None) -> Download | None:
    """Return the chart as a file; None while there is nothing that everybody may see."""
    if poll is None or poll.outcome is None:
        return None
    return pictures.download(chart(uow, tools, poll), f"poll-{poll.number}.png")
