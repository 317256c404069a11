"""Facts that one room publishes and another hears, in the past tense.

A listener runs before the commit, in the same transaction: it touches the database and
the outbox, nothing else.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.kernel.ids import ChannelName, InboxId, MemberId
from bot.kernel.messages import Update


@dataclass(frozen=True, slots=True)
class Event:
    """A fact published between rooms."""


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
class HumanWanted(Event):
    """A member asked for a human in a 1:1 chat (转人工)."""

    member: MemberId
    channel: ChannelName
    account: str
    """Which of the channel's own accounts she wrote to; empty where it has only one."""
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
class HumanCame(Event):
    """A human has taken a member's conversation, in the platform's own app."""

    member: MemberId
    human: str
    """Her id in the company; empty when the platform does not say."""
    channel: ChannelName
    account: str
    identity: str


@dataclass(frozen=True, slots=True)
class HumanLeft(Event):
    """A conversation that a human had in the platform's own app has ended there."""

    member: MemberId
    channel: ChannelName
    identity: str


@dataclass(frozen=True, slots=True)
class Judged(Event):
    """What a member wrote was judged, and may need a human; what surely needs none is not told."""

    member: MemberId
    channel: ChannelName
    account: str
    identity: str
    key: str
    """The platform's id of the message."""
    at: datetime
    words: str
    score: float
    label: str
    severity: int
    reasons: tuple[str, ...]
    group: str
    """The channel's chat id of the group; empty in a 1:1 chat."""
    rang: bool = True
    """False when no advisor was asked, although it was sure: it stood behind a command."""


@dataclass(frozen=True, slots=True)
class CommentDeleted(Event):
    """An operator deleted a comment from outside; what else holds its words lets go of them."""

    key: str
    """What names it (`ratings.outside.key_of`)."""


@dataclass(frozen=True, slots=True)
class CaseOpened(Event):
    """A member needs a human: a case (个案) was opened, or opened again."""

    member: MemberId
    case: int
    """For `cases.get` of bot.commons, as in all events of cases."""
    again: bool = False


@dataclass(frozen=True, slots=True)
class CaseJoined(Event):
    """Something more was found that belongs to an open case; it may have become more serious."""

    member: MemberId
    case: int
    severity_before: int


@dataclass(frozen=True, slots=True)
class CaseAssigned(Event):
    """An advisor was asked to take a case."""

    member: MemberId
    case: int
    advisor: str
    """Userid in lower case; empty for nobody any more."""
    before: str
    """Who was asked before; empty for nobody."""
    why: str
    """A code word: `routed`, `not_accepted`, `transferred`, `absent`, `escalated`."""


@dataclass(frozen=True, slots=True)
class CaseAccepted(Event):
    """An advisor has taken a case: the conversation is hers."""

    member: MemberId
    case: int
    advisor: str
    """Userid in lower case."""


@dataclass(frozen=True, slots=True)
class CaseAnswered(Event):
    """A human has written to the member of a case."""

    member: MemberId
    case: int
    advisor: str
    """Userid in lower case."""
    at: datetime
    is_first: bool


@dataclass(frozen=True, slots=True)
class CaseHeard(Event):
    """The member of an open case has written again."""

    member: MemberId
    case: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseEnded(Event):
    """A case was resolved or closed, and the conversation is the bot's again."""

    member: MemberId
    case: int
    who: str
    code: str
    """The reason, a code word of `cases.Ending`."""
    is_closed: bool
    """False when it is resolved, and can still be opened again."""


@dataclass(frozen=True, slots=True)
class DetectorJudged(Event):
    """An advisor has said whether the detector was right about a member's words."""

    member: MemberId
    case: int
    verdict: str
    """`true`, `false` (it was a false alarm), or `missed`: this message should have raised one."""
    who: str
    """Userid."""
    at: datetime
    message: str = ""
    """Of what was missed: channel and the platform's id of the message."""
    words: str = ""
    """Of what was missed."""


@dataclass(frozen=True, slots=True)
class CasePromised(Event):
    """The member of a case was promised something until a time."""

    member: MemberId
    case: int
    promise: int
    """For `cases.promises_of` of bot.commons."""
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClockWarned(Event):
    """Much of the time of a case is used up: tell whoever was asked to take it, or has it."""

    member: MemberId
    case: int
    timer: str
    """A code word, see `clocks.Timer`: `first`, `next`, `word`, `resolve`, `promise`."""
    percent: int
    """50 or 80."""
    advisor: str
    """Userid; empty while nobody was asked."""
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CaseEscalated(Event):
    """The time of a case is over, or it can't wait: the next one on the ladder is told, once."""

    member: MemberId
    case: int
    timer: str
    """As in `ClockWarned`."""
    rung: str
    """A code word, see `clocks.Rung`: `advisor`, `deputy`, `another`, `supervisor`,
    `operations`."""
    to: str
    """Userid of who is told; empty for the operations group, which has its notice already."""
    is_asked: bool
    """True when the case was given to her by it: `CaseAssigned` tells that, too."""
    due_at: datetime


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


@dataclass(frozen=True, slots=True)
class AdvisorDutyChanged(Event):
    """An advisor came on duty, or went off: her shift, an absence, her word, the platform's."""

    advisor: str
    """Her userid of now, in lower case."""
    is_on: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CardOutlived(Event):
    """A card on an advisor's phone is about a member whose data was deleted a moment ago."""

    advisor: str
    handle: str
    """By which the card can be changed once more."""


@dataclass(frozen=True, slots=True)
class AdvisorRenamed(Event):
    """The platform calls an advisor otherwise: what is written under `before` is hers still.

    Whoever keeps userids of advisors changes them (`staff.following` of bot.commons).
    """

    before: str
    """A userid in lower case, like the next."""
    after: str


@dataclass(frozen=True, slots=True)
class TaskWanted(Event):
    """A rule wants somebody to see to a member again (回访); the same key is the same task."""

    member: MemberId
    key: str
    """Rule and what it is about: `low_csat:17`."""
    kind: str
    """A code word: `call`, `message`, `visit`."""
    why: str
    """A code word: `low_csat`, `not_bought`, `compensated`, `recall`."""
    due_at: datetime
    case: int | None = None
    advisor: str = ""
    """Userid of whose task it is; empty for nobody's yet."""
    what: str = ""
    """What is to be done, in an operator's words; without them it is what `why` is called."""
