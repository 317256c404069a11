"""Titles and roles (头衔) that operators give, and the events that their holders propose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.commons import audit, members
from bot.features.titles.matter import Titles
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

WORDS_MIN, WORDS_MAX = 5, 500
_MOST_OPEN = 3

_HELD = "id, member_id, name, since, until FROM titles_held"
_STANDS = "ended_at IS NULL AND (until IS NULL OR until >= :today)"
_OF = Statement(f"SELECT {_HELD} WHERE member_id = :member AND {_STANDS} ORDER BY id")
_ALL = Statement(f"SELECT {_HELD} WHERE {_STANDS} ORDER BY name, id LIMIT :most")
_GIVE = Statement(
    "INSERT INTO titles_held (member_id, name, since, until) VALUES (:member, :name, :now, :until)"
)
_END = Statement(
    "UPDATE titles_held SET ended_at = :now WHERE id = :id AND ended_at IS NULL"
    " RETURNING member_id, name"
)
_PROPOSAL = "id, member_id, words, at, state, reply, path FROM proposals"
_PROPOSE = Statement(
    "INSERT INTO proposals (key, member_id, words, at, state, reply, path)"
    " VALUES (:key, :member, :words, :at, 'open', '', '') ON CONFLICT (key) DO NOTHING RETURNING id"
)
_COUNT_OPEN = Statement(
    "SELECT COUNT(*) FROM proposals WHERE member_id = :member AND state = 'open'"
)
_OPEN = Statement(f"SELECT {_PROPOSAL} WHERE state = 'open' ORDER BY id LIMIT :most")
_CLOSED = Statement(f"SELECT {_PROPOSAL} WHERE state <> 'open' ORDER BY id DESC LIMIT :most")
_OF_HER = Statement(f"SELECT {_PROPOSAL} WHERE member_id = :member ORDER BY id DESC LIMIT :most")
_GET = Statement(f"SELECT {_PROPOSAL} WHERE id = :id")
_DECIDE = Statement(
    "UPDATE proposals SET state = :state, reply = :reply, path = :path, closed_at = :now"
    " WHERE id = :id AND state = 'open' RETURNING member_id"
)
COUNT_WAITING = Statement("SELECT COUNT(*) FROM proposals WHERE state = 'open'")


class MayNotPropose(Refusal):
    """She holds no title by which she may; told who may."""

    template = "titles/may_not_propose.txt.j2"


class BadProposal(Refusal):
    """A proposal that is empty, too long, or one too many; nothing was written."""

    template = "titles/bad_proposal.txt.j2"


class BadForm(Refusal):
    """A field of an operator's form is wrong; nothing was written."""

    template = "titles/bad_form.txt.j2"


@dataclass(frozen=True, slots=True)
class Held:
    """A title that stands."""

    id: int
    member: MemberId
    name: str
    since: datetime
    until: date | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """An event that was proposed."""

    id: int
    member: MemberId
    words: str
    at: datetime
    state: str
    reply: str
    path: str


@dataclass(frozen=True, slots=True)
class Wish:
    """An event that a member wants to propose."""

    member: MemberId
    words: str
    at: datetime
    key: str
    """Of her message: the same is the same proposal."""


def titles_of(uow: UnitOfWork, member: MemberId, today: date) -> Sequence[Held]:
    """Return the titles that a member holds on a day."""
    return [_held(row) for row in uow.run(_OF, member=member, today=today.isoformat())]


def holders(uow: UnitOfWork, today: date, *, most: int) -> Sequence[Held]:
    """Return who holds which title on a day."""
    return [_held(row) for row in uow.run(_ALL, today=today.isoformat(), most=most)]


def give(
    uow: UnitOfWork,
    member: MemberId,
    name: str,
    *,
    until: date | None,
    today: date,
    who: str,
    why: str,
) -> None:
    """Give a member a title. Written to the audit.

    Raises:
        BadForm: no such member, no reason, an end that is over, or she holds it already.
    """
    if not members.exists(uow, member) or members.erasure_due_at(uow, member):
        raise BadForm("nobody", why="nobody")
    if not why:
        raise BadForm("no reason", why="no_reason")
    if until is not None and until < today:
        raise BadForm("over", why="over")
    uow.take_turns({f"titles:{member}"})
    if any(held.name == name for held in titles_of(uow, member, today)):
        raise BadForm("has it", why="has_it")
    now, last = micros(uow.clock.now()), until and until.isoformat()
    uow.run(_GIVE, member=member, name=name, now=now, until=last)
    until_words = f" until {until}" if until else ""
    audit.record(uow, who, "titles.given", f"{name}{until_words}: {why}", member=member)


def end(uow: UnitOfWork, number: int, *, who: str, why: str) -> bool:
    """Take a title away; False when it is over. Written to the audit."""
    if not why:
        raise BadForm("no reason", why="no_reason")
    rows = uow.run(_END, id=number, now=micros(uow.clock.now()))
    for member, name in rows:
        hers = MemberId(integer(member))
        audit.record(uow, who, "titles.ended", f"{name}: {why}", member=hers)
    return bool(rows)


def propose(uow: UnitOfWork, titles: Titles, wish: Wish, today: date) -> int | None:
    """Put a member's proposal on the operators' list; None when it is there already.

    Raises:
        MayNotPropose: she holds no title by which she may.
        BadProposal: it is empty, too long, or she has too many open.
    """
    may = [title for title in titles.title if title.may_propose]
    held = {each.name for each in titles_of(uow, wish.member, today)}
    if held.isdisjoint(title.name for title in may):
        raise MayNotPropose("no title", titles=[title.title for title in may])
    if not WORDS_MIN <= len(wish.words) <= WORDS_MAX:
        raise BadProposal("length", why="length", least=WORDS_MIN, most=WORDS_MAX)
    uow.take_turns({f"titles:{wish.member}"})
    if integer(uow.run(_COUNT_OPEN, member=wish.member)[0][0]) >= _MOST_OPEN:
        raise BadProposal("too many", why="too_many", least=0, most=_MOST_OPEN)
    at = micros(wish.at)
    rows = uow.run(_PROPOSE, key=wish.key, member=wish.member, words=wish.words, at=at)
    if not rows:
        return None
    audit.record(uow, "member", "titles.proposed", f"proposal {rows[0][0]}", member=wish.member)
    return integer(rows[0][0])


def decide(
    uow: UnitOfWork, number: int, state: str, *, reply: str, path: str = "", who: str
) -> Proposed | None:
    """Approve or decline a proposal; None when that is done. Written to the audit."""
    now = micros(uow.clock.now())
    for (member,) in uow.run(_DECIDE, id=number, state=state, reply=reply, path=path, now=now):
        words = f"proposal {number}"
        audit.record(uow, who, f"titles.{state}", words, member=MemberId(integer(member)))
        return proposal(uow, number)
    return None


def proposal(uow: UnitOfWork, number: int) -> Proposed | None:
    """Return the proposal of that number."""
    rows = uow.run(_GET, id=number)
    return _proposed(rows[0]) if rows else None


def proposals(uow: UnitOfWork, *, is_open: bool, most: int) -> Sequence[Proposed]:
    """Return proposals that wait, the oldest first, or decided ones, the latest first."""
    return [_proposed(row) for row in uow.run(_OPEN if is_open else _CLOSED, most=most)]


def proposals_of(uow: UnitOfWork, member: MemberId, *, most: int) -> Sequence[Proposed]:
    """Return what a member has proposed, the latest first."""
    return [_proposed(row) for row in uow.run(_OF_HER, member=member, most=most)]


def waiting(uow: UnitOfWork) -> float:
    """Return how many proposals wait for an operator."""
    return integer(uow.run(COUNT_WAITING)[0][0])


def _held(row: Row) -> Held:
    number, member, name, since, until = row
    last = None if until is None else date.fromisoformat(str(until))
    return Held(integer(number), MemberId(integer(member)), str(name), instant(since), last)


def _proposed(row: Row) -> Proposed:
    number, member, words, at, state, reply, path = row
    who = MemberId(integer(member))
    return Proposed(
        integer(number), who, str(words), instant(at), str(state), str(reply), str(path)
    )
