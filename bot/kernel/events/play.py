"""Facts of members, of what they take part in, and of what they buy."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.kernel.events.base import Event
from bot.kernel.ids import ChannelName, InboxId, MemberId
from bot.kernel.messages import Update


@dataclass(frozen=True, slots=True)
class MediaArrived(Event):
    """An update with media was written down for the first time."""

    item: InboxId
    update: Update


@dataclass(frozen=True, slots=True)
class MessageTakenBack(Event):
    """Somebody took back what she had sent; by channel and key it was known."""

    channel: ChannelName
    key: str


@dataclass(frozen=True, slots=True)
class MemberErased(Event):
    """A member's data was deleted or made anonymous."""

    member: MemberId


class CheckinWay(StrEnum):
    """How a day came to have a check-in."""

    SAID = "said"
    MADE_UP = "made-up"
    """She made it up later (补签)."""
    AMNESTY = "amnesty"
    """An operator gave it to everybody whom an outage kept from it."""


@dataclass(frozen=True, slots=True)
class CheckedIn(Event):
    """A member checked in (打卡)."""

    member: MemberId
    day: date
    streak_days: int
    way: CheckinWay = CheckinWay.SAID


@dataclass(frozen=True, slots=True)
class CheckInTakenBack(Event):
    """A day that an operator had given is none any more."""

    member: MemberId
    day: date


@dataclass(frozen=True, slots=True)
class PhotoSettled(Event):
    """It was decided, or decided anew, whether a picture counts that she sent for a day (晒图)."""

    member: MemberId
    day: date


@dataclass(frozen=True, slots=True)
class PointsExpireSoon(Event):
    """Points of a member expire soon (积分), and she was not told yet."""

    member: MemberId
    points: int
    """All that expire within the days of warning."""
    first_at: datetime
    """When the first of them do."""


@dataclass(frozen=True, slots=True)
class CouponExpiresSoon(Event):
    """A coupon of a member (优惠券) ends soon, and she was not told yet."""

    member: MemberId
    coupon: int
    title: str
    code: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class JoinedByKey(Event):
    """Two members were made one because a platform names both by the same key."""

    member: MemberId
    """Who she is now."""
    merge: int
    channel: ChannelName
    """Where she was recognised."""
    identity: str


@dataclass(frozen=True, slots=True)
class MemberProven(Event):
    """A platform said who a member is.

    For whoever joins the identities of one person; each pair is a channel and her name there.
    """

    member: MemberId
    names: tuple[tuple[ChannelName, str], ...]
    unionid: str
    """Empty when the platform did not say."""


@dataclass(frozen=True, slots=True)
class TierChanged(Event):
    """A member's tier was set, by an operator or by a rule; empty is no tier."""

    member: MemberId
    before: str
    tier: str


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    """A member's order counts: told once for each order, as soon as it is known whose it is."""

    order: int
    """For `orders.get` of bot.commons."""
    member: MemberId
    paid_at: datetime
    paid_fen: int
    """Without what was given back by then."""


@dataclass(frozen=True, slots=True)
class OrderDelivered(Event):
    """A member has an order that counts in her hands (签收): told once for each, after its payment.

    Only of orders whose system tells when.
    """

    order: int
    """For `orders.get` of bot.commons."""
    member: MemberId
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class OrderRefunded(Event):
    """More of an order that was told as paid was given back, or it was cancelled."""

    order: int
    member: MemberId
    paid_fen: int
    refunded_fen: int
    """Altogether; all of it when the order was cancelled."""
    is_whole: bool
    """True when nothing of it counts any more."""


@dataclass(frozen=True, slots=True)
class BallotCast(Event):
    """A member voted in a poll (投票): once for each poll, however often she changes her mind."""

    member: MemberId
    poll: int
    at: datetime | None = field(default=None, compare=False)
    """When she sent it; None where it is not told."""


@dataclass(frozen=True, slots=True)
class SalonAttended(Event):
    """A member was at a salon (签到): told once for each, when it is over and nothing is undone."""

    member: MemberId
    salon: int
    at: datetime | None = field(default=None, compare=False)
    """When she came; None where it is not told."""


@dataclass(frozen=True, slots=True)
class SubmissionAccepted(Event):
    """A member's submission (投稿) was accepted: told once for each, when it is told to her."""

    member: MemberId
    submission: int


@dataclass(frozen=True, slots=True)
class SubmissionRejected(Event):
    """A submission that was told as accepted was rejected after all: once for each.

    That she withdraws one herself is no rejection, and she loses nothing by it.
    """

    member: MemberId
    submission: int


@dataclass(frozen=True, slots=True)
class ChallengeCompleted(Event):
    """A member checked in on as many days as a challenge asks for: once for each challenge."""

    member: MemberId
    challenge: int
    title: str
    badge: str
    """The code of the badge that it promises; empty for none."""


@dataclass(frozen=True, slots=True)
class ChallengeWon(Event):
    """A challenge is over, and by the rule that was said beforehand she is its winner, or one."""

    member: MemberId
    challenge: int
    title: str
    badge: str


@dataclass(frozen=True, slots=True)
class IdeaAdopted(Event):
    """A member's idea (建议) was adopted: told once for each."""

    member: MemberId
    idea: int


@dataclass(frozen=True, slots=True)
class FeedbackGiven(Event):
    """A member wrote to us what she thinks (反馈), be it praise or not: told once for each."""

    member: MemberId
    about: str
    """What is unique for it in the whole house: room and number, `salons:17`."""
    at: datetime | None = field(default=None, compare=False)
    """When she sent it; None where it is not told."""


@dataclass(frozen=True, slots=True)
class DeedDone(Event):
    """Something that a member did was written down: once for each, whatever it was."""

    member: MemberId
    deed: int
    """For `deeds.get` of bot.commons."""
    kind: str
    badge: str = ""
    """The code of a badge that was promised for it."""
    title: str = ""
    """Of what promised it."""
