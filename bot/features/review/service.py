"""Use cases of the room: a person says whether a human was needed, and then one is called."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.commons import cases, outreach, reception
from bot.commons.detection import ALERT
from bot.commons.verdicts import Verdict, doubts, lessons, sampling
from bot.commons.verdicts.doubts import Doubt
from bot.commons.verdicts.sampling import Chat
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.events import CaseEnded, DetectorJudged
from bot.kernel.transcript import Speaker, Transcript, Utterance
from bot.kernel.work import Toolbox, UnitOfWork

_MOST_READ = 300
MOST_TURNS = 40
MOST_BEFORE = 5
_BEFORE = timedelta(hours=48)


class Decided(Refusal):
    """Somebody has decided it before, or it is not there; nothing was written."""

    template = "review/done.txt.j2"

    def __init__(self) -> None:
        super().__init__("decided before", what="decided", told=True)


def needs_human(uow: UnitOfWork, tools: Toolbox, doubt: Doubt, *, who: str) -> tuple[bool, bool]:
    """Call a human for somebody whose words were in doubt.

    Return whether an advisor was asked, and whether she was told of it.

    Raises:
        Decided: somebody has decided it before.
    """
    if not doubts.decide(uow, doubt, Verdict.HUMAN, _lesson(uow, tools, doubt), who=who):
        raise Decided
    concern = cases.Concern(
        doubt.member,
        cases.kind_of(doubt.label),
        max(1, doubt.severity),
        doubt.reasons,
        uow.clock.now(),  # the time of humans runs from now on: nobody knew before
        doubt.channel,
        doubt.account,
        doubt.identity,
        doubt.key.partition(":")[2],
        words=doubt.words,
        label=doubt.label,
        score=doubt.score,
        in_group=doubt.in_group,
        who=who,
    )
    replies = reception.hand_over(uow, tools, concern)
    case = cases.open_of(uow, doubt.member)
    asked = case is not None and bool(case.advisor)
    if case is None or not _can_be_told(uow, tools, doubt):
        return asked, False
    for number, reply in enumerate(replies):
        reception.say(uow, tools, case, reply, what=f"review:{doubt.id}:{number}")
    return asked, bool(replies)


def _can_be_told(uow: UnitOfWork, tools: Toolbox, doubt: Doubt) -> bool:
    if doubt.in_group:
        return False
    hers = (doubt.channel, doubt.identity)
    ways = outreach.ways(uow, tools, doubt.member)
    return any((way.channel, way.identity) == hers for way in ways)


def fine(uow: UnitOfWork, tools: Toolbox, doubt: Doubt, *, who: str) -> None:
    """Say that nobody was needed.

    Raises:
        Decided: somebody has decided it before.
    """
    if not doubts.decide(uow, doubt, Verdict.FINE, _lesson(uow, tools, doubt), who=who):
        raise Decided


def before(uow: UnitOfWork, tools: Toolbox, doubt: Doubt) -> Sequence[Utterance]:
    """Return what was said before words in doubt: the detector has looked at that, too."""
    if doubt.in_group:
        return ()
    transcript, since = tools.use(Transcript), doubt.at - _BEFORE
    found = transcript.latest(uow, doubt.member, most=_MOST_READ, since=since)
    earlier = [one for one in found if one.at < doubt.at and one.words]
    return earlier[-MOST_BEFORE:]


def _lesson(uow: UnitOfWork, tools: Toolbox, doubt: Doubt) -> lessons.Turns:
    said = [_turn(one) for one in before(uow, tools, doubt)]
    return [*said, {"role": "user", "text": doubt.words}]


def judged_at_desk(uow: UnitOfWork, event: DetectorJudged) -> None:
    """Learn what an advisor has said of an alarm, or of what raised none."""
    if event.verdict == "missed":
        turns = [{"role": "user", "text": event.words}]
        key = f"missed:{event.message}"
        if event.words.strip():
            lessons.learn(uow, event.member, key, turns, escalate=True, who=event.who)
        return
    _learn_case(uow, event, escalate=event.verdict == "true")


def false_alarm(uow: UnitOfWork, event: CaseEnded) -> None:
    """Learn that a case was none."""
    if event.code == cases.Ending.FALSE_ALARM:
        _learn_case(uow, event, escalate=False)


def _learn_case(uow: UnitOfWork, event: DetectorJudged | CaseEnded, *, escalate: bool) -> None:
    found = [one for one in cases.evidence_of(uow, event.case) if one.words.strip()]
    telling = [one for one in found if one.score >= ALERT and one.label]
    for number, one in enumerate(telling):
        turns, key = [{"role": "user", "text": one.words}], f"desk:{event.case}:{number}"
        lessons.learn(uow, event.member, key, turns, escalate=escalate, who=event.who)


def read(uow: UnitOfWork, tools: Toolbox, chat: Chat) -> Sequence[Utterance]:
    """Return what was said in a chat in its week, the oldest first."""
    since, until = sampling.bounds(tools.use(Community), chat.week)
    transcript = tools.use(Transcript)
    found = transcript.latest(uow, chat.member, most=_MOST_READ, since=since)
    return [one for one in found if one.at < until and one.words and one.status != "withdrawn"]


def decide(uow: UnitOfWork, tools: Toolbox, chat: Chat, verdict: Verdict, *, who: str) -> None:
    """Say whether a human was needed in a chat that was drawn.

    Raises:
        Decided: somebody has said it before.
    """
    turns = [_turn(one) for one in read(uow, tools, chat)][-MOST_TURNS:]
    if not sampling.decide(uow, chat, verdict, turns, who=who):
        raise Decided


def _turn(one: Utterance) -> Mapping[str, str]:
    return {"role": "user" if one.by is Speaker.MEMBER else "agent", "text": one.words}
