"""Facts of who needs a human, whose she is, and of advisors."""

from dataclasses import dataclass
from datetime import datetime

from bot.kernel.events.base import Event
from bot.kernel.ids import ChannelName, MemberId


@dataclass(frozen=True, slots=True)
class HumanWanted(Event):
    """A member asked for a human in a 1:1 chat (转人工)."""

    member: MemberId
    channel: ChannelName
    account: str
    """Which of the channel's own accounts she wrote to; empty where it has only one."""
    identity: str


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
    """Userid of whose task it is; empty for nobody's yet, also where a case is named."""
    what: str = ""
    """What is to be done, in an operator's words; without them it is what `why` is called."""
