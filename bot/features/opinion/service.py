"""Use cases of second opinions: want one, set its cost aside, ask, fail, forget."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import cases, members
from bot.commons.notices import Notices
from bot.features.opinion import days
from bot.features.opinion.masking import mask
from bot.features.opinion.rules import (
    CLAIM_S,
    FEW,
    FRESH_S,
    KEEP_DAYS,
    MOST_TRIES,
    REST_S,
    TURNS,
    TURNS_HOURS,
    State,
    Why,
    speaks_to_a_model,
)
from bot.kernel.abilities import Abilities
from bot.kernel.community import Advisors, Community
from bot.kernel.events import Judged
from bot.kernel.ids import MemberId
from bot.kernel.opinions import MaskedTurn, NoOpinion, SecondOpinion, Trouble
from bot.kernel.ports import Words
from bot.kernel.transcript import Speaker, Transcript
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_WANT = Statement(
    "INSERT INTO opinions (member_id, channel, account, identity, in_group, key, said_at, at,"
    " words, turns, score_milli, label, severity, reasons, prompted, state, tries, tokens, why,"
    " verdict_label, verdict_severity, verdict_milli, verdict_reason, after_milli, became)"
    " VALUES (:member, :channel, :account, :identity, :in_group, :key, :said_at, :now, :words,"
    " :turns, :score, :label, :severity, :reasons, :prompted, 'wanted', 0, 0, '', '', 0, 0, '', 0,"
    " '') ON CONFLICT (channel, key) DO NOTHING RETURNING id"
)
_NEXT = Statement(
    "SELECT id, turns, at, state, tries, score_milli, severity, prompted FROM opinions"
    " WHERE state IN ('wanted', 'asked') AND (state = 'wanted' OR asked_at <= :lost)"
    " ORDER BY id LIMIT 1"
)
_CLAIM = Statement(
    "UPDATE opinions SET state = 'asked', tries = tries + 1, tokens = tokens + :tokens,"
    " asked_at = :now WHERE id = :id AND tries = :tries AND state IN ('wanted', 'asked')"
    " RETURNING id"
)
_END = Statement(
    "UPDATE opinions SET state = :state, why = :why, ended_at = :now, words = '', turns = '[]'"
    " WHERE id = :id AND tries = :tries AND state IN ('wanted', 'asked') RETURNING id"
)
_LATEST = Statement(
    "SELECT state, ended_at FROM opinions WHERE state IN ('answered', 'failed')"
    " ORDER BY ended_at DESC, id DESC LIMIT :few"
)
_LAST_ANSWERED = Statement("SELECT COALESCE(max(id), 0) FROM opinions WHERE state = 'answered'")
_STALE = Statement(
    "SELECT id, tries, state FROM opinions WHERE state IN ('wanted', 'asked') AND at <= :before"
    " LIMIT 200"
)
_FORGET = Statement("DELETE FROM opinions WHERE ended_at <= :before")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, with its cost set aside."""

    id: int
    turns: Sequence[MaskedTurn]
    tries: int
    """This one counted."""
    score: float
    severity: int
    is_prompted: bool
    cost: days.Cost


def is_settled(uow: UnitOfWork, member: MemberId) -> bool:
    """Return True when a human cares for her whatever this message is: nobody has to be asked."""
    case = cases.open_of(uow, member)
    if case is None or not case.state.is_with_humans:
        return False
    return case.accepted_at is not None or len(cases.evidence_of(uow, case.id)) > 1


def want(uow: UnitOfWork, tools: Toolbox, event: Judged) -> bool:
    """Want an opinion about a judged message; False when that was wanted before."""
    names = _names(uow, tools, event.member)
    said = [*_before(uow, tools, event), (Speaker.MEMBER, event.words)]
    turns = [
        {"role": "member" if by is Speaker.MEMBER else "shop", "text": mask(words, names)}
        for by, words in said
    ]
    by_her = "\n".join(words for by, words in said if by is Speaker.MEMBER)
    added = uow.run(
        _WANT,
        member=event.member,
        channel=event.channel,
        account=event.account,
        identity=event.identity,
        in_group=event.group,
        key=event.key,
        said_at=micros(event.at),
        now=micros(uow.clock.now()),
        words=event.words,
        turns=json.dumps(turns, ensure_ascii=False),
        score=round(event.score * 1000),
        label=event.label,
        severity=event.severity,
        reasons=json.dumps([*event.reasons], ensure_ascii=False),
        prompted=int(speaks_to_a_model(by_her)),
    )
    return bool(added)


def _names(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> list[str]:
    known = members.identities_of(uow, member)
    hers = [members.display_name(uow, member), *(one.display_name for one in known)]
    ours = [one.name for one in tools.use(Advisors)]
    return [name for name in (*hers, *(one.identity for one in known), *ours) if name]


def _before(uow: UnitOfWork, tools: Toolbox, event: Judged) -> list[tuple[Speaker, str]]:
    """Return what was said before in her 1:1 chats; of a group only her message is shown."""
    if event.group:
        return []
    since = uow.clock.now() - timedelta(hours=TURNS_HOURS)
    latest = tools.use(Transcript).latest(uow, event.member, most=TURNS, since=since)
    return [(one.by, one.words) for one in latest if one.words and one.at < event.at]


def claim(uow: UnitOfWork, tools: Toolbox, model: SecondOpinion) -> Question | None:
    """Take the oldest wish and set aside what it costs; None when nobody is to be asked now."""
    uow.take_turns({"opinion"})
    if resting_until(uow) is not None:
        return None
    now = uow.clock.now()
    while rows := uow.run(_NEXT, lost=micros(now - timedelta(seconds=CLAIM_S))):
        if (question := _claim(uow, tools, model, rows[0])) is not None:
            return question
    return None


def _claim(uow: UnitOfWork, tools: Toolbox, model: SecondOpinion, row: Row) -> Question | None:
    """Claim a wish; end it when it is of no use, was tried enough, or costs too much."""
    number, tries, now = integer(row[0]), integer(row[4]), uow.clock.now()
    was_asked = State(str(row[3])) is State.ASKED
    if was_asked and tries >= MOST_TRIES:
        _end(uow, tools, (number, tries), State.FAILED, Why.CRASHED)
        return None
    if now - instant(row[2]) > timedelta(seconds=FRESH_S):
        state, why = (State.FAILED, Why.CRASHED) if was_asked else (State.SKIPPED, Why.LATE)
        _end(uow, tools, (number, tries), state, why)
        return None
    turns = [MaskedTurn(one["role"], one["text"]) for one in json.loads(str(row[1]))]
    cost = days.set_aside(uow, tools.use(Community).day_of(now), model, model.most_tokens(turns))
    if isinstance(cost, Why):
        _tell_spent(uow, tools, cost)
        _end(uow, tools, (number, tries), State.SKIPPED, cost)
        return None
    uow.run(_CLAIM, id=number, tries=tries, tokens=cost.tokens, now=micros(now))
    score, severity, prompted = integer(row[5]) / 1000, integer(row[6]), bool(row[7])
    return Question(number, turns, tries + 1, score, severity, prompted, cost)


def _tell_spent(uow: UnitOfWork, tools: Toolbox, why: Why) -> None:
    today = tools.use(Community).day_of(uow.clock.now())
    text = tools.use(Words)("opinion/spent.txt.j2", why=why.value)
    tools.use(Notices).tell(uow, key=f"opinion.spent:{today.isoformat()}", text=text)


def fail(uow: UnitOfWork, tools: Toolbox, question: Question, trouble: NoOpinion) -> None:
    """Note that there is no opinion: nothing changes. Several in a row are told to operators.

    What was set aside for it counts as spent: nobody says what it has cost.
    """
    cost, why = question.cost, trouble.why
    days.settle(uow, cost, tokens=cost.tokens, more_requests=trouble.requests - 1)
    _end(uow, tools, (question.id, question.tries), State.FAILED, why)
    if not is_in_trouble(uow):
        return
    last = integer(uow.run(_LAST_ANSWERED)[0][0])
    text = tools.use(Words)(
        "opinion/rests.txt.j2", why=why.value, few=FEW, minutes=round(REST_S / 60)
    )
    tools.use(Notices).tell(uow, key=f"opinion.rests:{last}", text=text)


def is_in_trouble(uow: UnitOfWork) -> bool:
    """Return True when the latest few questions have all failed."""
    latest = uow.run(_LATEST, few=FEW)
    return len(latest) == FEW and all(state == State.FAILED for state, _ in latest)


def resting_until(uow: UnitOfWork) -> datetime | None:
    """Return until when nobody is asked; None while questions go out."""
    if not is_in_trouble(uow):
        return None
    until = instant(uow.run(_LATEST, few=1)[0][1]) + timedelta(seconds=REST_S)
    return until if until > uow.clock.now() else None


def _end(
    uow: UnitOfWork, tools: Toolbox, which: tuple[int, int], state: State, why: Why | Trouble
) -> None:
    """End a wish, by its id and its tries; what she wrote is not kept."""
    (number, tries), now = which, uow.clock.now()
    if uow.run(_END, id=number, tries=tries, state=state, why=why, now=micros(now)):
        days.count(uow, tools.use(Community).day_of(now), state)


def tidy(uow: UnitOfWork, tools: Toolbox) -> None:
    """End what came too late, whoever was to be asked, and forget what is old."""
    now = uow.clock.now()
    off = tools.use(Abilities).one(SecondOpinion) is None
    before = now - timedelta(seconds=FRESH_S + CLAIM_S)
    for number, tries, state in uow.run(_STALE, before=micros(before)):
        lost = state == State.ASKED
        why = Why.CRASHED if lost else Why.OFF if off else Why.LATE
        ended = State.FAILED if lost else State.SKIPPED
        _end(uow, tools, (integer(number), integer(tries)), ended, why)
    uow.run(_FORGET, before=micros(now - timedelta(days=KEEP_DAYS)))
