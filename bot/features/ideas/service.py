"""Use cases of members: propose, support, take back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.commons.notices import Notices
from bot.commons.vetting import kinds_in
from bot.commons.wording import tight
from bot.features.ideas.reads import IdeaView, held, idea
from bot.features.ideas.rules import FEWEST_CHARS, MOST_CHARS, OPEN, IdeaSettings, State
from bot.features.ideas.telling import step
from bot.kernel.desk import NoticeLevel
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_DAY = timedelta(days=1)
_DIGEST_CHARS = 32

_ADD = Statement(
    "INSERT INTO ideas (member_id, words, digest, flags, is_shown, state, made_at, since, due_at)"
    " VALUES (:member, :words, :digest, :flags, :is_shown, 'new', :now, :now, :due) RETURNING id"
)
_SAME = Statement(
    "SELECT id FROM ideas WHERE member_id = :member AND digest = :digest AND state <> 'withdrawn'"
    " ORDER BY id DESC LIMIT 1"
)
_LATELY = Statement("SELECT COUNT(*) FROM ideas WHERE member_id = :member AND made_at > :since")
_SUPPORT = Statement(
    "INSERT INTO idea_supports (idea_id, member_id, at) VALUES (:idea, :member, :at)"
    " ON CONFLICT (idea_id, member_id) DO NOTHING RETURNING idea_id"
)
_UNSUPPORT = Statement(
    "DELETE FROM idea_supports WHERE idea_id = :idea AND member_id = :member RETURNING idea_id"
)
_TO_REVIEW = Statement(
    "UPDATE ideas SET state = 'review', since = :now, due_at = :due"
    " WHERE id = :idea AND state = 'new' RETURNING id"
)
_WITHDRAW = Statement(
    "UPDATE ideas SET state = 'withdrawn', words = '', digest = '', flags = '', due_at = NULL,"
    " since = :now WHERE id = :idea AND member_id = :member AND state IN ('new', 'review')"
    " RETURNING id"
)


class Why(StrEnum):
    """Why something can't be done."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    NOT_THERE = "not_there"
    OVER = "over"
    OWN = "own"
    NOT_YOURS = "not_yours"


class IdeaRefused(Refusal):
    """A member asked for what can't be; nothing was written."""

    template = "ideas/refused.txt.j2"

    def __init__(self, why: Why, **words: object) -> None:
        super().__init__(why, why=why.value, **words)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of a proposal."""

    idea: IdeaView
    is_new: bool
    """False when she had brought the same before."""


@dataclass(frozen=True, slots=True)
class Supported:
    """What became of a support."""

    idea: IdeaView
    is_new: bool


def propose(uow: UnitOfWork, member: MemberId, words: str, settings: IdeaSettings) -> Proposed:
    """Take a member's idea; the same words again are the same idea.

    Raises:
        IdeaRefused: too short, too long, or too many of them in a day.
    """
    if len(tight(words)) < FEWEST_CHARS:
        raise IdeaRefused(Why.TOO_SHORT, fewest=FEWEST_CHARS)
    if len(words) > MOST_CHARS:
        raise IdeaRefused(Why.TOO_LONG, most=MOST_CHARS, chars=len(words))
    uow.take_turns([f"ideas:{member}"])  # the same words from two phones at once
    now, digest = uow.clock.now(), sha256(tight(words).encode()).hexdigest()[:_DIGEST_CHARS]
    if same := uow.run(_SAME, member=member, digest=digest):
        return Proposed(_there(uow, integer(same[0][0])), is_new=False)
    lately = uow.run(_LATELY, member=member, since=micros(now - _DAY))
    if integer(lately[0][0]) >= settings.most_a_day:
        raise IdeaRefused(Why.TOO_MANY, most=settings.most_a_day)
    flags = kinds_in(words)
    rows = uow.run(
        _ADD,
        member=member,
        words=words,
        digest=digest,
        flags=" ".join(flags),
        is_shown=int(not flags and not settings.look_first),
        now=micros(now),
        due=micros(settings.due(now)),
    )
    return Proposed(_there(uow, integer(rows[0][0])), is_new=True)


def _there(uow: UnitOfWork, number: int) -> IdeaView:
    found = idea(uow, number)
    if found is None:
        raise IdeaRefused(Why.NOT_THERE, number=number)
    return found


def support(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int, at: datetime
) -> Supported:
    """Let a member be for an idea, once; with enough of them it is reviewed.

    One that was merged stands for the one that it was merged into.

    Raises:
        IdeaRefused: there is none that she sees, it is her own, or it is decided.
    """
    found = _supportable(uow, member, number)
    is_new = bool(uow.run(_SUPPORT, idea=found.id, member=member, at=micros(at)))
    review_if_many(uow, tools, found.id)
    return Supported(_there(uow, found.id), is_new)


def _supportable(uow: UnitOfWork, member: MemberId, number: int) -> IdeaView:
    found = held(uow, number)
    if found is not None and found.into is not None:
        return _supportable(uow, member, found.into)
    if found is None or found.state is State.WITHDRAWN:
        raise IdeaRefused(Why.NOT_THERE, number=number)
    if found.member == member:
        raise IdeaRefused(Why.OWN, number=number)
    if not found.is_shown:
        raise IdeaRefused(Why.NOT_THERE, number=number)
    if found.state not in OPEN:
        raise IdeaRefused(Why.OVER, number=number, state=found.state.value)
    return found


def review_if_many(uow: UnitOfWork, tools: Toolbox, number: int) -> bool:
    """Bring an idea that enough members are for into review; False when it stays."""
    settings, found, now = tools.use(IdeaSettings), _there(uow, number), uow.clock.now()
    if found.supporters < settings.supporters_needed:
        return False
    due = micros(settings.due(now))
    if not uow.run(_TO_REVIEW, idea=number, now=micros(now), due=due):
        return False
    step(uow, tools, _there(uow, number), reply="", who="bot")
    text = tools.use(Words)("ideas/notice.txt.j2", what="review", idea=found)
    key = f"ideas.review:{number}"
    tools.use(Notices).tell(uow, key=key, text=text, level=NoticeLevel.INFO)
    return True


def unsupport(uow: UnitOfWork, member: MemberId, number: int) -> Supported:
    """Let a member be no longer for an idea; what is under review stays there.

    Raises:
        IdeaRefused: there is none, or it is decided.
    """
    found = held(uow, number)
    if found is not None and found.into is not None:
        return unsupport(uow, member, found.into)
    if found is None or found.state is State.WITHDRAWN:
        raise IdeaRefused(Why.NOT_THERE, number=number)
    if found.state not in OPEN:
        raise IdeaRefused(Why.OVER, number=number, state=found.state.value)
    was_there = bool(uow.run(_UNSUPPORT, idea=number, member=member))
    return Supported(_there(uow, number), was_there)


def withdraw(uow: UnitOfWork, member: MemberId, number: int) -> None:
    """Take a member's own idea back; its words are gone at once.

    Raises:
        IdeaRefused: it is not hers, or it is decided.
    """
    now = micros(uow.clock.now())
    if uow.run(_WITHDRAW, idea=number, member=member, now=now):
        return
    found = idea(uow, number)
    if found is None or found.member != member:
        raise IdeaRefused(Why.NOT_YOURS, number=number)
    raise IdeaRefused(Why.OVER, number=number, state=found.state.value)
