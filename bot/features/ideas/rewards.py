"""Rewards of adopted ideas (悬赏): one operator asks, another one agrees; both are in the audit."""

from dataclasses import dataclass

from bot.commons import audit, coupons, points
from bot.commons.content import Shelf, rewards_sharing
from bot.features.ideas.deciding import NotDone, WhyNot
from bot.features.ideas.reads import IdeaView, Reward, held, reward_of
from bot.features.ideas.rules import IdeaSettings, RewardKind, RewardState, State
from bot.features.ideas.telling import write
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

REASON = "ideas"
"""The house account and the reason of the points."""

_ASK = Statement(
    "INSERT INTO idea_rewards (idea_id, kind, points, what, why, state, asked_by, asked_at,"
    " settled_by) VALUES (:idea, :kind, :points, :what, :why, 'asked', :who, :now, '')"
    " ON CONFLICT (idea_id) DO UPDATE SET kind = excluded.kind, points = excluded.points,"
    " what = excluded.what, why = excluded.why, state = 'asked', asked_by = excluded.asked_by,"
    " asked_at = excluded.asked_at, settled_by = '', settled_at = NULL"
    " WHERE idea_rewards.state = 'refused' RETURNING id"
)
_SETTLE = Statement(
    "UPDATE idea_rewards SET state = :state, settled_by = :who, settled_at = :now"
    " WHERE idea_id = :idea AND state = 'asked' RETURNING id"
)


class BadReward(Refusal):
    """The reward can't be given as asked for; nothing was written."""

    template = "ideas/bad_reward.txt.j2"

    def __init__(self, why: str, **words: object) -> None:
        super().__init__(why, why=why, **words)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reward as an operator asks for it."""

    kind: RewardKind
    points: int
    what: str
    """The kind of coupon, or the promise; empty for points."""
    why: str


def ask(uow: UnitOfWork, tools: Toolbox, number: int, wanted: Wanted, *, who: str) -> IdeaView:
    """Ask for a reward of an adopted idea; it waits for a second operator.

    Raises:
        NotDone: the idea is not adopted, or has a reward.
        BadReward: too many points, no such coupon, or a promise that rewards sharing.
    """
    found = held(uow, number)
    if found is None or found.state is not State.ADOPTED or found.member is None:
        raise NotDone(WhyNot.CHANGED)
    _check(uow, tools, wanted)
    values = {"kind": wanted.kind, "points": wanted.points, "what": wanted.what, "why": wanted.why}
    if not uow.run(_ASK, idea=number, **values, who=who, now=micros(uow.clock.now())):
        raise NotDone(WhyNot.REWARDED)
    audit.record(uow, who, "ideas.reward_asked", _said(number, wanted), member=found.member)
    return found


def _check(uow: UnitOfWork, tools: Toolbox, wanted: Wanted) -> None:
    most = tools.use(IdeaSettings).reward_points_most
    if wanted.kind is RewardKind.POINTS and not 1 <= wanted.points <= most:
        raise BadReward("points", most=most)
    if wanted.kind is RewardKind.COUPON:
        _coupon(uow, tools, wanted.what)
    if wanted.kind is RewardKind.WORDS and (shared := rewards_sharing(f"奖励：{wanted.what}")):
        raise BadReward("sharing", words=shared.words)


def _coupon(uow: UnitOfWork, tools: Toolbox, name: str) -> coupons.Kind:
    kinds = tools.use(Shelf).at_hand(uow.clock.now()).library.table(coupons.Kinds)
    kind = kinds.of(name) if kinds else None
    if kind is None:
        raise BadReward(
            "coupon", name=name, known=[one.name for one in kinds.coupon] if kinds else []
        )
    return kind


def agree(uow: UnitOfWork, tools: Toolbox, number: int, *, who: str) -> Reward:
    """Give a reward that somebody else has asked for; once, whoever agrees at the same time.

    Raises:
        NotDone: it does not wait any more, or its author has left.
        BadReward: who asks can't agree, or the coupon is not there any more.
    """
    found, reward = held(uow, number), reward_of(uow, number)
    if found is None or found.member is None or reward is None:
        raise NotDone(WhyNot.CHANGED)
    if reward.asked_by == who:
        raise BadReward("alone")
    _settle(uow, number, RewardState.GIVEN, who)
    _give(uow, tools, found, reward, who)
    audit.record(uow, who, "ideas.reward_given", _said(number, reward), member=found.member)
    write(uow, tools, found, f"reward:{number}", what="reward", reply=_words(uow, tools, reward))
    return reward


def _give(uow: UnitOfWork, tools: Toolbox, idea: IdeaView, reward: Reward, who: str) -> None:
    key, member = f"ideas.reward:{idea.id}", idea.member
    if member is None:
        return
    if reward.kind is RewardKind.POINTS:
        points.award(uow, member, reward.points, reason=REASON, key=key, made_by=who)
    if reward.kind is RewardKind.COUPON:
        kind = _coupon(uow, tools, reward.what)
        ends = kind.ends(uow.clock.now(), tools.use(Community).zone)
        coupons.issue(uow, member, kind, key=key, reason=REASON, valid_until=ends, who=who)


def _words(uow: UnitOfWork, tools: Toolbox, reward: Reward) -> str:
    if reward.kind is RewardKind.POINTS:
        return f"{reward.points} 积分"
    return (
        _coupon(uow, tools, reward.what).title if reward.kind is RewardKind.COUPON else reward.what
    )


def refuse(uow: UnitOfWork, number: int, *, who: str) -> None:
    """Say that a reward is not given; another one may be asked for.

    Raises:
        NotDone: it does not wait any more.
    """
    _settle(uow, number, RewardState.REFUSED, who)
    audit.record(uow, who, "ideas.reward_refused", f"idea {number}")


def _settle(uow: UnitOfWork, number: int, state: RewardState, who: str) -> None:
    now = micros(uow.clock.now())
    if not uow.run(_SETTLE, idea=number, state=state, who=who, now=now):
        raise NotDone(WhyNot.CHANGED)


def _said(number: int, reward: Wanted | Reward) -> str:
    return f"idea {number}: {reward.kind} {reward.points or reward.what}: {reward.why}"
