"""What a challenge gives, once, and how an operator takes it back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commons import audit, coupons, outreach, points
from bot.commons.outreach import Letter, Purpose
from bot.features.challenges.reads import Part, View, one, part_of
from bot.features.challenges.rules import FIRST_NUMBER, Given, Prize, quarter_end
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.events import ChallengeCompleted, ChallengeWon
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

REASON = "challenge"
"""The house account that rewards come from."""

_DONE = Statement(
    "UPDATE challenge_members SET done_on = :day, done_at = :now, days = :days, reward = 'given',"
    " reward_key = :key WHERE challenge_id = :challenge AND member_id = :member AND done_on IS NULL"
    " RETURNING reward_key"
)
_WON = Statement(
    "UPDATE challenge_members SET prize = 'given' WHERE challenge_id = :challenge"
    " AND member_id = :member AND prize = '' RETURNING reward_key"
)
_UNDO_REWARD = Statement(
    "UPDATE challenge_members SET reward = 'undone' WHERE challenge_id = :challenge"
    " AND member_id = :member AND reward = 'given' RETURNING reward_key"
)
_UNDO_PRIZE = Statement(
    "UPDATE challenge_members SET prize = 'undone' WHERE challenge_id = :challenge"
    " AND member_id = :member AND prize = 'given' RETURNING reward_key"
)


class NotGiven(Refusal):
    """There is no reward that could be taken back."""

    template = "challenges/not_given.txt.j2"


def key_of(challenge: int, member: MemberId) -> str:
    """Return under which a member's reward is booked."""
    return f"challenge:{challenge}:{member}"


def complete(
    uow: UnitOfWork, tools: Toolbox, view: View, part: Part, *, day: str, days: int
) -> bool:
    """Note that a member has completed a challenge and give what it promises; once.

    `day` is the one with which she did, in ISO form; `days` are all that count so far.
    """
    member, now = part.member, micros(uow.clock.now())
    key = key_of(view.id, member)  # her own: the row may have been another member's
    values = {"day": day, "days": days, "now": now, "key": key}
    if not uow.run(_DONE, challenge=view.id, member=member, **values):
        return False
    _give(uow, tools, view, member, view.terms.reward, key=f"reward:{key}")
    uow.publish(ChallengeCompleted(member, view.id, view.title, view.terms.reward.badge))
    _tell(uow, tools, view, member, view.terms.reward, what="completed")
    return True


def win(uow: UnitOfWork, tools: Toolbox, view: View, member: MemberId) -> bool:
    """Note that a member has won a challenge, and give what the winner gets; once."""
    prize = view.terms.winner
    won = uow.run(_WON, challenge=view.id, member=member) if prize else []
    if prize is None or not won:
        return False
    _give(uow, tools, view, member, prize, key=f"prize:{won[0][0]}")
    uow.publish(ChallengeWon(member, view.id, view.title, prize.badge))
    _tell(uow, tools, view, member, prize, what="won")
    return True


def _give(
    uow: UnitOfWork, tools: Toolbox, view: View, member: MemberId, prize: Prize, *, key: str
) -> None:
    if prize.points:
        points.award(uow, member, prize.points, reason=REASON, key=key)
    kind = next((kind for kind in view.kinds if kind.name == prize.coupon), None)
    if kind is not None:
        zone, now = tools.use(Community).zone, uow.clock.now()
        ends = _ends(prize, now, zone) or kind.ends(now, zone)
        coupons.issue(uow, member, kind, key=key, reason=REASON, valid_until=ends)


def _ends(prize: Prize, now: datetime, zone: ZoneInfo) -> datetime | None:
    return quarter_end(now.astimezone(zone).date(), zone) if prize.valid == "quarter" else None


def _tell(
    uow: UnitOfWork, tools: Toolbox, view: View, member: MemberId, prize: Prize, *, what: str
) -> None:
    coupon = next((kind.title for kind in view.kinds if kind.name == prize.coupon), "")
    outreach.tell(
        uow,
        tools,
        member,
        Letter(
            key=f"challenges.{what}:{view.id}:{member}",
            subject=f"挑战「{view.title}」",
            purpose=Purpose.SERVICE,
            template=f"challenges/{what}.txt.j2",
            data={"view": view, "prize": prize, "coupon": coupon},
        ),
    )


def undo(
    uow: UnitOfWork, challenge: int, member: MemberId, *, prize: bool, who: str, why: str
) -> View:
    """Take a reward back, or the winner's: points by a reversal, a coupon that is not used yet.

    Raises:
        NotGiven: there is none.
    """
    view, part = one(uow, challenge), part_of(uow, challenge, member)
    given = (part.prize if prize else part.reward) if part else Given.NONE
    if view is None or given is not Given.GIVEN:
        raise NotGiven(f"challenge {challenge}, member {member}")
    statement = _UNDO_PRIZE if prize else _UNDO_REWARD
    what = "prize" if prize else "reward"
    for (key,) in uow.run(statement, challenge=challenge, member=member):
        booked = f"{what}:{key}"
        if points.is_booked(uow, booked):
            points.reverse(uow, booked, made_by=who, why=why)
        coupons.revoke(uow, booked, by=who, why=why)
    named = f"{what} of challenge {FIRST_NUMBER + challenge}: {why}"
    audit.record(uow, who, "challenges.undone", named, member=member)
    return view
