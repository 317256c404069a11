"""Use cases of operators: answer, decide, merge, hide. Each is told to the author and audited."""

from enum import StrEnum

from bot.commons import audit
from bot.features.ideas.reads import IdeaView, held, idea, reward_of
from bot.features.ideas.rules import STEPS, IdeaSettings, RewardState, State
from bot.features.ideas.service import review_if_many
from bot.features.ideas.telling import step, write
from bot.kernel.errors import Refusal
from bot.kernel.events import IdeaAdopted
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

_MOVE = Statement(
    "UPDATE ideas SET state = :state, since = :now, due_at = :due, into_id = :into WHERE id = :idea"
)
_PROMISE = Statement("UPDATE ideas SET due_at = :due WHERE id = :idea")
_SHOW = Statement(
    "UPDATE ideas SET is_shown = :shown WHERE id = :idea AND is_shown <> :shown"
    " AND state IN ('new', 'review') RETURNING id"
)
_ADOPTED = Statement("SELECT 1 FROM idea_steps WHERE idea_id = :idea AND state = 'adopted'")
_COPY = Statement(
    "INSERT INTO idea_supports (idea_id, member_id, at)"
    " SELECT i.id, s.member_id, s.at FROM idea_supports s JOIN ideas i ON i.id = :into"
    " WHERE s.idea_id = :idea ON CONFLICT (idea_id, member_id) DO NOTHING"
)
_AUTHOR = Statement(
    "INSERT INTO idea_supports (idea_id, member_id, at) VALUES (:into, :member, :at)"
    " ON CONFLICT (idea_id, member_id) DO NOTHING"
)
_DROP = Statement("DELETE FROM idea_supports WHERE idea_id = :idea")
# Who went to one that is now merged itself goes on with it.
_FOLLOW = Statement("UPDATE ideas SET into_id = :into WHERE into_id = :idea")


class WhyNot(StrEnum):
    """Why an operator can't do something."""

    CHANGED = "changed"
    """It is not as the page showed it."""
    REWARDED = "rewarded"
    SAME = "same"


class NotDone(Refusal):
    """Nothing was written; the operator is told why."""

    template = "ideas/not_done.txt.j2"

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why, why=why.value)


def _open(uow: UnitOfWork, number: int) -> IdeaView:
    found = held(uow, number)
    if found is None or not found.is_open:
        raise NotDone(WhyNot.CHANGED)
    return found


def decide(
    uow: UnitOfWork, tools: Toolbox, number: int, state: State, reply: str, *, who: str
) -> IdeaView:
    """Bring an idea into another state, with words to its author.

    Raises:
        NotDone: it can't come there from where it is, or it has a reward.
    """
    found, now = held(uow, number), uow.clock.now()
    if found is None or found.state not in STEPS.get(state, frozenset()):
        raise NotDone(WhyNot.CHANGED)
    reward = reward_of(uow, number)
    if reward is not None and reward.state is not RewardState.REFUSED:
        raise NotDone(WhyNot.REWARDED)
    due = micros(tools.use(IdeaSettings).due(now)) if state is State.REVIEW else None
    is_first = not uow.run(_ADOPTED, idea=number)
    uow.run(_MOVE, idea=number, state=state, now=micros(now), due=due, into=None)
    after = _again(uow, number)
    step(uow, tools, after, reply=reply, who=who)
    audit.record(uow, who, f"ideas.{state}", f"idea {number}", member=after.member)
    if state is State.ADOPTED and is_first and after.member is not None:
        uow.publish(IdeaAdopted(after.member, number))
    return after


def answer(uow: UnitOfWork, tools: Toolbox, number: int, reply: str, *, who: str) -> IdeaView:
    """Write to the author without deciding; the next answer is promised anew.

    Raises:
        NotDone: it is decided.
    """
    found = _open(uow, number)
    due = micros(tools.use(IdeaSettings).due(uow.clock.now()))
    uow.run(_PROMISE, idea=number, due=due)
    step(uow, tools, _again(uow, number), reply=reply, who=who)
    audit.record(uow, who, "ideas.answered", f"idea {number}", member=found.member)
    return found


def show(uow: UnitOfWork, number: int, *, shown: bool, who: str) -> None:
    """Let others see an idea, or hide it from them.

    Raises:
        NotDone: it is so already, or decided.
    """
    if not uow.run(_SHOW, idea=number, shown=int(shown)):
        raise NotDone(WhyNot.CHANGED)
    audit.record(uow, who, "ideas.shown" if shown else "ideas.hidden", f"idea {number}")


def merge(uow: UnitOfWork, tools: Toolbox, number: int, into: int, *, who: str) -> IdeaView:
    """Make one of two ideas that are the same: supporters are joined, both authors are told.

    Whoever is for both counts once; the author of the one that goes is for the other.

    Raises:
        NotDone: they are one already, or one of them is decided.
    """
    if number == into:
        raise NotDone(WhyNot.SAME)
    for each in sorted((number, into)):  # always in this order: nobody waits for the other
        held(uow, each)
    goes, stays = _open(uow, number), _open(uow, into)
    now = micros(uow.clock.now())
    uow.run(_COPY, idea=number, into=into)
    uow.run(_DROP, idea=number)
    uow.run(_FOLLOW, idea=number, into=into)
    if goes.member is not None and goes.member != stays.member:
        uow.run(_AUTHOR, into=into, member=goes.member, at=now)
    uow.run(_MOVE, idea=number, state=State.MERGED, now=now, due=None, into=into)
    step(uow, tools, _again(uow, number), reply="", who=who)
    why = f"idea {number} into {into}"
    audit.record(uow, who, "ideas.merged", why, member=goes.member)
    if stays.member is not None and stays.member != goes.member:
        _tell_stays(uow, tools, _again(uow, into), number)
    review_if_many(uow, tools, into)
    return stays


def _tell_stays(uow: UnitOfWork, tools: Toolbox, stays: IdeaView, number: int) -> None:
    write(uow, tools, stays, f"joined:{number}", what="joined")


def _again(uow: UnitOfWork, number: int) -> IdeaView:
    found = idea(uow, number)
    if found is None:
        raise NotDone(WhyNot.CHANGED)
    return found
