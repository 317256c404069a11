"""A weekly sample of chats that no human was called for, for a person to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.commons import audit
from bot.commons.verdicts import lessons
from bot.commons.verdicts.lessons import Turns
from bot.commons.verdicts.rules import Interval, Verdict, draw, recall
from bot.kernel.clock import instant_of
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

WEEK = timedelta(days=7)
_TOGETHER = '%"group":"%'
# who wrote in a 1:1 chat, had no case then, and has not refused; a group's chat is no 1:1 chat
_WROTE = Statement(
    "SELECT DISTINCT i.member_id FROM inbox b JOIN identities i ON i.channel = b.channel"
    " AND i.identity = b.sender WHERE b.sent_at >= :since AND b.sent_at < :until"
    " AND b.received_at >= :since AND b.kind IN ('text', 'voice') AND b.payload NOT LIKE :together"
    " AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.member_id = i.member_id"
    " AND c.opened_at < :until AND (c.ended_at IS NULL OR c.ended_at >= :since))"
    " AND NOT EXISTS (SELECT 1 FROM case_evidence e WHERE e.member_id = i.member_id"
    " AND e.at >= :since AND e.at < :until)"
    " AND NOT EXISTS (SELECT 1 FROM sample_refusals r WHERE r.member_id = i.member_id)"
    " ORDER BY i.member_id"
)
_NOTE_WEEK = Statement(
    "INSERT INTO sample_weeks (week, chats, drawn_at) VALUES (:week, :chats, :now)"
    " ON CONFLICT (week) DO NOTHING RETURNING week"
)
_ADD = Statement(
    "INSERT INTO sample_chats (week, member_id, place, verdict, who)"
    " VALUES (:week, :member, :place, '', '')"
)
_WEEKS = Statement("SELECT week, chats FROM sample_weeks ORDER BY week DESC LIMIT :most")
_WEEK = Statement("SELECT week, chats FROM sample_weeks WHERE week = :week")
_OF = Statement(
    "SELECT id, member_id, place, verdict, who FROM sample_chats WHERE week = :week ORDER BY place"
)
_GET = Statement("SELECT week, id, member_id, place, verdict, who FROM sample_chats WHERE id = :id")
_DECIDE = Statement(
    "UPDATE sample_chats SET verdict = :verdict, who = :who, decided_at = :now"
    " WHERE id = :id AND verdict = '' RETURNING id"
)
_UNDO = Statement(
    "UPDATE sample_chats SET verdict = '', who = '', decided_at = NULL"
    " WHERE id = :id AND verdict <> '' RETURNING id"
)
# who needed a human and was found: what the bot has opened, and nobody has called a false alarm
_FOUND = Statement(
    "SELECT count(DISTINCT c.member_id) FROM cases c JOIN case_steps s ON s.case_id = c.id"
    " WHERE s.what IN ('opened', 'reopened') AND s.who IN ('bot', 'member') AND s.at >= :since"
    " AND s.at < :until AND c.kind <> 'picture' AND c.code <> 'false_alarm'"
    " AND NOT EXISTS (SELECT 1 FROM case_steps f WHERE f.case_id = c.id"
    " AND f.what = 'found_false')"
)
_REFUSE = Statement(
    "INSERT INTO sample_refusals (member_id, since) VALUES (:member, :now)"
    " ON CONFLICT (member_id) DO NOTHING RETURNING member_id"
)
_ALLOW = Statement("DELETE FROM sample_refusals WHERE member_id = :member RETURNING member_id")
_NOT_READ = Statement("DELETE FROM sample_chats WHERE member_id = :member AND verdict = ''")


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that was drawn."""

    week: date
    id: int
    member: MemberId
    place: int
    verdict: str
    who: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a week's sample is read, and what it says so far."""

    week: date
    chats: int
    """Of how many it was drawn."""
    drawn: int
    read: int
    missed: int
    found: int
    """Who needed a human and was found, in that week."""
    recall: Interval | None


def bounds(community: Community, week: date) -> tuple[datetime, datetime]:
    """Return when a week from a Monday begins and ends."""
    first = instant_of(datetime.combine(week, time()), community.zone)
    return first, instant_of(datetime.combine(week + WEEK, time()), community.zone)


def draw_week(uow: UnitOfWork, community: Community, week: date) -> bool:
    """Draw a week's sample, once; False when it was drawn before."""
    since, until = bounds(community, week)
    found = uow.run(_WROTE, since=micros(since), until=micros(until), together=_TOGETHER)
    people = [integer(row[0]) for row in found]
    now = micros(uow.clock.now())
    if not uow.run(_NOTE_WEEK, week=week.isoformat(), chats=len(people), now=now):
        return False
    for place, member in enumerate(draw(people, week), 1):
        uow.run(_ADD, week=week.isoformat(), member=member, place=place)
    return True


def weeks(uow: UnitOfWork, *, most: int) -> Sequence[date]:
    """Return the weeks that were drawn, the latest first."""
    return [date.fromisoformat(str(row[0])) for row in uow.run(_WEEKS, most=most)]


def chats(uow: UnitOfWork, week: date) -> Sequence[Chat]:
    """Return what was drawn in a week, in that order."""
    rows = uow.run(_OF, week=week.isoformat())
    return [_chat(week, *row) for row in rows]


def get(uow: UnitOfWork, number: int) -> Chat | None:
    """Return a chat that was drawn; None for one that is not there."""
    rows = uow.run(_GET, id=number)
    return _chat(date.fromisoformat(str(rows[0][0])), *rows[0][1:]) if rows else None


def progress(uow: UnitOfWork, community: Community, week: date) -> Progress | None:
    """Return how far a week's sample is read; None for a week that was not drawn."""
    rows = uow.run(_WEEK, week=week.isoformat())
    if not rows:
        return None
    drawn = chats(uow, week)
    counted: Mapping[str, int] = {
        verdict: sum(one.verdict == verdict for one in drawn) for verdict in ("human", "fine")
    }
    read, missed = counted["human"] + counted["fine"], counted["human"]
    since, until = bounds(community, week)
    found = integer(uow.run(_FOUND, since=micros(since), until=micros(until))[0][0])
    total = integer(rows[0][1])
    estimate = recall(found, missed, read, total)
    return Progress(week, total, len(drawn), read, missed, found, estimate)


def decide(uow: UnitOfWork, chat: Chat, verdict: Verdict, turns: Turns, *, who: str) -> bool:
    """Say whether a human was needed in a chat; False when somebody has said it before."""
    now = micros(uow.clock.now())
    if not uow.run(_DECIDE, id=chat.id, verdict=verdict.value, who=who, now=now):
        return False
    if any(turn["role"] == "user" and turn["text"].strip() for turn in turns):
        escalate = verdict is Verdict.HUMAN
        lessons.learn(uow, chat.member, f"sample:{chat.id}", turns, escalate=escalate, who=who)
    audit.record(uow, who, f"verdicts.{verdict}", f"sample {chat.id}", member=chat.member)
    return True


def undo(uow: UnitOfWork, chat: Chat, *, who: str) -> bool:
    """Take back what was said of a chat."""
    if not uow.run(_UNDO, id=chat.id):
        return False
    lessons.unlearn(uow, f"sample:{chat.id}")
    audit.record(uow, who, "verdicts.undone", f"sample {chat.id}", member=chat.member)
    return True


def refuse(uow: UnitOfWork, member: MemberId) -> bool:
    """Draw a member's chats no more, nor show those that were drawn; False when it is so."""
    uow.run(_NOT_READ, member=member)
    if not uow.run(_REFUSE, member=member, now=micros(uow.clock.now())):
        return False
    audit.record(uow, "member", "verdicts.refused", "asked", member=member)
    return True


def allow(uow: UnitOfWork, member: MemberId) -> bool:
    """Let a member's chats be drawn again; False when they are."""
    if not uow.run(_ALLOW, member=member):
        return False
    audit.record(uow, "member", "verdicts.allowed", "asked", member=member)
    return True


def _chat(week: date, *row: object) -> Chat:
    number, member, place, verdict, who = row
    chat = MemberId(integer(member))
    return Chat(week, integer(number), chat, integer(place), str(verdict), str(who))
