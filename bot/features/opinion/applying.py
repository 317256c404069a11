"""What an opinion changes: it may call a human, and it may say that an alarm was probably false."""

import json

from bot.commons import cases, reception
from bot.features.opinion import days
from bot.features.opinion.masking import mask
from bot.features.opinion.rules import GRAVE, Became, Outcome, State, weigh
from bot.features.opinion.service import Question
from bot.kernel.community import Community
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.opinions import Verdict
from bot.kernel.ports import Words
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_WANTED = Statement(
    "SELECT member_id, channel, account, identity, in_group, key, said_at, words, reasons"
    " FROM opinions WHERE id = :id AND tries = :tries AND state = 'asked'"
)
_ANSWER = Statement(
    "UPDATE opinions SET state = 'answered', ended_at = :now, why = :why, words = '', turns = '[]',"
    " tokens = tokens - :aside + :tokens, verdict_label = :label, verdict_severity = :severity,"
    " verdict_milli = :milli, verdict_reason = :reason, after_milli = :after, became = :became"
    " WHERE id = :id"
)


def apply(uow: UnitOfWork, tools: Toolbox, question: Question, verdict: Verdict) -> str:
    """Let an opinion count; return what it has made of the score, empty when it is too late."""
    tokens = question.cost.tokens if verdict.tokens is None else verdict.tokens
    days.settle(uow, question.cost, tokens=tokens, more_requests=verdict.requests - 1)
    rows = uow.run(_WANTED, id=question.id, tries=question.tries)
    if not rows:  # she was erased, or somebody else has asked meanwhile
        return ""
    outcome = weigh(question.score, question.severity, verdict, prompted=question.is_prompted)
    reason = " ".join(mask(verdict.reason).split())
    uow.run(
        _ANSWER,
        id=question.id,
        now=micros(uow.clock.now()),
        why=outcome.why,
        aside=question.cost.tokens,
        tokens=tokens,
        label=verdict.label,
        severity=verdict.severity,
        milli=round(verdict.score * 1000),
        reason=reason,
        after=round(outcome.score * 1000),
        became=outcome.became,
    )
    _count(uow, tools, outcome)
    if outcome.became is Became.RAISED:
        _call_a_human(uow, tools, question, _concern(tools, rows[0], question, verdict, reason))
    elif outcome.became is Became.LOWERED:
        _doubt(uow, tools, MemberId(integer(rows[0][0])), reason)
    return outcome.became.value


def _count(uow: UnitOfWork, tools: Toolbox, outcome: Outcome) -> None:
    today = tools.use(Community).day_of(uow.clock.now())
    days.count(uow, today, State.ANSWERED)
    if outcome.became is not Became.KEPT:
        days.count(uow, today, outcome.became)


def _concern(
    tools: Toolbox, row: Row, question: Question, verdict: Verdict, reason: str
) -> cases.Concern:
    member, channel, account, identity, in_group, key, said_at, words, reasons = row
    told = tools.use(Words)("opinion/reason.txt.j2", reason=reason)
    return cases.Concern(
        MemberId(integer(member)),
        cases.kind_of(verdict.label),
        max(question.severity, verdict.severity),
        [*json.loads(str(reasons)), told],
        instant(said_at),
        ChannelName(str(channel)),
        str(account),
        str(identity),
        str(key),
        words=str(words),
        label=verdict.label.value,
        score=verdict.score,
        in_group=str(in_group),
    )


def _call_a_human(
    uow: UnitOfWork, tools: Toolbox, question: Question, concern: cases.Concern
) -> None:
    """Hand her over, and tell her so in her own chat: what she wrote was answered long ago."""
    said = reception.hand_over(uow, tools, concern)
    case = cases.open_of(uow, concern.member)
    if case is None or concern.in_group:
        return
    for reply in said:
        reception.say(uow, tools, case, reply, what=f"opinion:{question.id}")


def _doubt(uow: UnitOfWork, tools: Toolbox, member: MemberId, reason: str) -> None:
    """Say beside an alarm that nobody has taken yet that it was probably false; it stays open.

    One that is grave, or stands on more than this message, is not doubted.
    """
    case = cases.open_of(uow, member)
    if case is None or case.accepted_at is not None or case.severity >= GRAVE:
        return
    waits = case.state in {cases.State.NEW, cases.State.ASSIGNED}
    if waits and len(cases.evidence_of(uow, case.id)) == 1:
        words = tools.use(Words)("opinion/doubt.txt.j2", reason=reason)
        cases.step(uow, case, "bot", cases.Did.NOTED, words)
