"""What voters are told afterwards: that their choice has come into the shop."""

from bot.commons import audit, outreach
from bot.commons.outreach import Letter, Purpose
from bot.features.polls.ending import NotThere
from bot.features.polls.reads import PollView, poll
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_BITE = 100
"""So many members are written to in one unit of work."""

_SAY = Statement(
    "INSERT INTO poll_news (poll_id, words, made_by, at, next_member)"
    " VALUES (:poll, :words, :who, :now, 0) RETURNING id"
)
_TO_TELL = Statement(
    "SELECT n.id, n.poll_id, n.words, n.next_member FROM poll_news n WHERE n.done_at IS NULL"
    " ORDER BY n.id LIMIT 1"
)
_LISTENERS = Statement(
    "SELECT member_id FROM ballots WHERE poll_id = :poll AND member_id >= :first"
    " ORDER BY member_id LIMIT :most"
)
_TOLD = Statement("UPDATE poll_news SET next_member = :next, done_at = :done WHERE id = :news")


def say(uow: UnitOfWork, number: int, words: str, *, who: str) -> PollView:
    """Begin to tell everybody who voted what came of it.

    Raises:
        NotThere: there is no such poll.
    """
    found = poll(uow, number)
    if found is None:
        raise NotThere(f"poll {number}")
    uow.run(_SAY, poll=number, words=words, who=who, now=micros(uow.clock.now()))
    audit.record(uow, who, "polls.said", f"to the voters of poll {number}")
    return found


def tell_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Write to some of those who wait for news; True while there are more."""
    rows = uow.run(_TO_TELL)
    if not rows:
        return False
    news, number, words, first = rows[0]
    found = poll(uow, integer(number))
    if found is None:
        raise NotThere(f"poll {number}")
    listeners = uow.run(_LISTENERS, poll=number, first=first, most=_BITE)
    for member in (MemberId(integer(row[0])) for row in listeners):
        outreach.tell(uow, tools, member, _letter(found, integer(news), member, str(words)))
    more = len(listeners) == _BITE
    following = integer(listeners[-1][0]) + 1 if listeners else integer(first)
    done = None if more else micros(uow.clock.now())
    uow.run(_TOLD, news=news, next=following, done=done)
    return True


def _letter(found: PollView, news: int, member: MemberId, words: str) -> Letter:
    return Letter(
        key=f"polls.news:{news}:{member}",
        subject=f"投票「{found.title}」的后续",
        purpose=Purpose.SERVICE,
        template="polls/news.txt.j2",
        data={"poll": found, "words": words},
    )
