"""Use cases of cases: opened, joined, assigned, taken, answered, ended, opened again.

Each writes a step down: who did what, when and why.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.commons import audit
from bot.commons.cases.finding import Case, get, just_closed, open_of
from bot.commons.cases.rules import (
    MOST_EVIDENCE,
    WORDS_CHARS,
    Did,
    Ending,
    Kind,
    State,
    graver,
)
from bot.kernel.errors import Refusal
from bot.kernel.events import (
    CaseAccepted,
    CaseAnswered,
    CaseAssigned,
    CaseEnded,
    CaseHeard,
    CaseJoined,
    CaseOpened,
)
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.words import cut_chars
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import integer, micros

_ADD = Statement(
    "INSERT INTO cases (member_id, kind, severity, state, reasons, channel, account, identity,"
    " in_group, advisor, opened_at, since, heard_at, code, times_opened) VALUES (:member, :kind,"
    " :severity, 'new', :reasons, :channel, :account, :identity, :in_group, '', :at, :now, :at,"
    " '', 1) ON CONFLICT (member_id) WHERE state <> 'closed' DO NOTHING RETURNING id"
)
_JOIN = Statement(
    "UPDATE cases SET kind = :kind, severity = :severity, reasons = :reasons, channel = :channel,"
    " account = :account, identity = :identity, in_group = :in_group WHERE id = :id"
)
_REOPEN = Statement(
    "UPDATE cases SET state = :state, since = :now, opened_at = :at, heard_at = :at,"
    " assigned_at = NULL, accepted_at = NULL, answered_at = NULL, spoke_at = NULL,"
    " ended_at = NULL, closed_at = NULL, code = '', advisor = '',"
    " times_opened = times_opened + 1 WHERE id = :id AND state IN ('resolved', 'closed')"
    " RETURNING id"
)
_ASSIGN = Statement(
    "UPDATE cases SET state = :state, advisor = :advisor, since = :now, assigned_at = :now,"
    " accepted_at = NULL WHERE id = :id AND state IN ('new', 'assigned', 'accepted', 'waiting')"
    " AND advisor = :before RETURNING id"
)
_ACCEPT = Statement(
    "UPDATE cases SET state = 'accepted', advisor = :advisor, since = :now, accepted_at = :now"
    " WHERE id = :id AND state IN ('new', 'assigned') RETURNING id"
)
_SPOKE = Statement(
    "UPDATE cases SET state = 'waiting', since = CASE state WHEN 'waiting' THEN since ELSE :now"
    " END, spoke_at = :at, answered_at = COALESCE(answered_at, :at),"
    " accepted_at = COALESCE(accepted_at, :at), advisor = :advisor"
    " WHERE id = :id AND state IN ('new', 'assigned', 'accepted', 'waiting')"
    " RETURNING answered_at = :at"
)
_HEARD = Statement(
    "UPDATE cases SET heard_at = CASE WHEN heard_at < :at THEN :at ELSE heard_at END,"
    " since = CASE state WHEN 'waiting' THEN :now ELSE since END,"
    " state = CASE state WHEN 'waiting' THEN 'accepted' ELSE state END"
    " WHERE member_id = :member AND state IN ('new', 'assigned', 'accepted', 'waiting')"
    " RETURNING id"
)
_RESOLVE = Statement(
    "UPDATE cases SET state = 'resolved', since = :now, ended_at = :now, code = :code"
    " WHERE id = :id AND state IN ('new', 'assigned', 'accepted', 'waiting') RETURNING member_id"
)
_CLOSE = Statement(
    "UPDATE cases SET state = 'closed', since = :now, ended_at = COALESCE(ended_at, :now),"
    " closed_at = :now, code = :code WHERE id = :id AND state <> 'closed' RETURNING member_id"
)
_EVIDENCE = Statement(
    "INSERT INTO case_evidence (case_id, member_id, key, words, kind, media, label, severity,"
    " score_milli, reasons, at) VALUES (:case, :member, :key, :words, :kind, :media, :label,"
    " :severity, :score, :reasons, :at) ON CONFLICT (case_id, key) DO NOTHING RETURNING id"
)
_EVIDENCE_COUNT = Statement("SELECT count(*) FROM case_evidence WHERE case_id = :case")
_STEP = Statement(
    "INSERT INTO case_steps (case_id, member_id, at, who, what, words)"
    " VALUES (:case, :member, :now, :who, :what, :words)"
)


class NoCase(Refusal):
    """There is no such case, or it has ended."""

    template = "care/no_case.txt.j2"


class Taken(Refusal):
    """Somebody else has taken the case."""

    template = "care/taken.txt.j2"

    def __init__(self, advisor: str) -> None:
        super().__init__("taken by somebody else", advisor=advisor)
        self.advisor = advisor


@dataclass(frozen=True, slots=True)
class Concern:
    """Why a member needs a human, and where she said it."""

    member: MemberId
    kind: Kind
    severity: int
    """0 to 3."""
    reasons: Sequence[str]
    """In words for an advisor."""
    at: datetime
    """When she wrote it."""
    channel: ChannelName
    account: str
    identity: str
    key: str
    """The platform's id of the message; the same message is found once."""
    words: str = ""
    media: str = ""
    said_as: str = "text"
    label: str = ""
    score: float = 1.0
    in_group: str = ""
    who: str = "bot"
    """Who opens it: `bot`, `member`, or a human's name."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a concern."""

    case: Case
    is_new: bool
    """The case was opened by it, or opened again."""
    is_graver: bool = field(default=False)
    """It raised the severity of the case that was open."""


# ── opening ─────────────────────────────────────────────────────────────────────────────


def open_case(uow: UnitOfWork, concern: Concern) -> Opened:
    """Open a case, or let the concern join the open one, or open one again that has just ended."""
    uow.take_turns({f"case:{concern.member}"})
    case = open_of(uow, concern.member) or just_closed(uow, concern.member)
    if case is None:
        added = uow.run(
            _ADD,
            member=concern.member,
            kind=concern.kind,
            severity=concern.severity,
            reasons=_json(concern.reasons),
            channel=concern.channel,
            account=concern.account,
            identity=concern.identity,
            in_group=concern.in_group,
            at=micros(concern.at),
            now=micros(uow.clock.now()),
        )
        if not added:
            raise NoCase("opened meanwhile")
        case = _must(uow, integer(added[0][0]))
        _find(uow, case, concern)
        step(uow, case, concern.who, Did.OPENED, concern.kind.value)
        uow.publish(CaseOpened(concern.member, case.id))
        return Opened(case, is_new=True)
    return _join(uow, case, concern)


def _join(uow: UnitOfWork, case: Case, concern: Concern) -> Opened:
    is_new = not case.state.is_with_humans
    if is_new:
        now = micros(uow.clock.now())
        uow.run(_REOPEN, id=case.id, state=State.NEW, at=micros(concern.at), now=now)
    found = _find(uow, case, concern)
    here = concern if concern.channel and not concern.in_group else case
    before = 0 if is_new else case.severity
    # a picture after a complaint is of the complaint, unless that was none or is closed
    over = case.state is State.CLOSED or case.code in {Ending.FALSE_ALARM, Ending.NOT_OURS}
    stays = not (is_new and over)
    severity = max(case.severity if stays else 0, concern.severity)
    uow.run(
        _JOIN,
        id=case.id,
        kind=graver(case.kind, concern.kind) if stays else concern.kind,
        severity=severity,
        reasons=_json([*dict.fromkeys([*(() if is_new else case.reasons), *concern.reasons])]),
        channel=here.channel,
        account=here.account,
        identity=here.identity,
        in_group=concern.in_group if is_new else here.in_group,
    )
    joined = _must(uow, case.id)
    if is_new:
        step(uow, joined, concern.who, Did.REOPENED, concern.kind.value)
        uow.publish(CaseOpened(concern.member, case.id, again=True))
    elif found:
        step(uow, joined, concern.who, Did.JOINED, concern.kind.value)
        uow.publish(CaseJoined(concern.member, case.id, case.severity))
    return Opened(joined, is_new=is_new, is_graver=severity > before)


def _find(uow: UnitOfWork, case: Case, concern: Concern) -> bool:
    """Write a message down as evidence, once, and not without end."""
    if integer(uow.run(_EVIDENCE_COUNT, case=case.id)[0][0]) >= MOST_EVIDENCE:
        return False
    return bool(
        uow.run(
            _EVIDENCE,
            case=case.id,
            member=case.member,
            key=f"{concern.channel}:{concern.key}",
            words=cut_chars(concern.words, WORDS_CHARS),
            kind=concern.said_as,
            media=concern.media,
            label=concern.label,
            severity=concern.severity,
            score=round(min(1.0, max(0.0, concern.score)) * 1000),
            reasons=_json(concern.reasons),
            at=micros(concern.at),
        )
    )


# ── working ─────────────────────────────────────────────────────────────────────────────


def assign(uow: UnitOfWork, number: int, advisor: str, *, who: str, why: str) -> Case:
    """Ask an advisor to take a case; whoever had it has it no more.

    Args:
        uow: the unit of work.
        number: of the case.
        advisor: userid; empty puts it back among those that nobody was asked for.
        who: who decided it; `bot` for the rules.
        why: a code word, see `CaseAssigned`.

    Raises:
        NoCase: it has ended.
    """
    case, advisor = _with_humans(uow, number), advisor.lower()
    state, now = State.ASSIGNED if advisor else State.NEW, micros(uow.clock.now())
    values = {"state": state, "advisor": advisor, "before": case.advisor}
    if not uow.run(_ASSIGN, id=number, **values, now=now):
        raise NoCase("changed meanwhile")
    did = Did.TRANSFERRED if why == "transferred" else Did.ASSIGNED
    step(uow, case, who, did, f"{why} {advisor}".strip())
    uow.publish(CaseAssigned(case.member, number, advisor, case.advisor, why))
    return _must(uow, number)


def accept(uow: UnitOfWork, number: int, advisor: str) -> Case:
    """Let an advisor take a case; doing it twice does no harm.

    Raises:
        NoCase: it has ended.
        Taken: another advisor has it.
    """
    case, advisor = _with_humans(uow, number), advisor.lower()
    if not uow.run(_ACCEPT, id=number, advisor=advisor, now=micros(uow.clock.now())):
        case = _with_humans(uow, number)
        if case.advisor != advisor:
            raise Taken(case.advisor)
        return case
    step(uow, case, advisor, Did.ACCEPTED, "")
    uow.publish(CaseAccepted(case.member, number, advisor))
    return _must(uow, number)


def answered(uow: UnitOfWork, number: int, advisor: str, at: datetime) -> Case:
    """Note that a human has written to the member: it is the member's turn.

    Raises:
        NoCase: it has ended.
    """
    case, advisor = _with_humans(uow, number), advisor.lower()
    rows = uow.run(_SPOKE, id=number, advisor=advisor, at=micros(at), now=micros(uow.clock.now()))
    is_first = bool(rows and rows[0][0]) and case.answered_at is None
    if case.accepted_at is None:
        uow.publish(CaseAccepted(case.member, number, advisor))
    step(uow, case, advisor, Did.ANSWERED, "")
    uow.publish(CaseAnswered(case.member, number, advisor, at, is_first))
    return _must(uow, number)


def heard(uow: UnitOfWork, member: MemberId, at: datetime) -> int | None:
    """Note that the member of an open case wrote; return the case, None when there is none.

    Platforms' clocks differ, and words come late: whatever comes in, nobody has answered it yet.
    """
    rows = uow.run(_HEARD, member=member, at=micros(at), now=micros(uow.clock.now()))
    if not rows:
        return None
    number = integer(rows[0][0])
    uow.publish(CaseHeard(member, number, at))
    return number


def resolve(uow: UnitOfWork, number: int, *, who: str, code: Ending, words: str = "") -> Case:
    """End a case for now: the conversation is the bot's again, the member may open it again.

    Raises:
        NoCase: it has ended already.
    """
    rows = uow.run(_RESOLVE, id=number, code=code, now=micros(uow.clock.now()))
    return _ended_by(uow, number, rows, who, (Did.RESOLVED, code, words))


def close(uow: UnitOfWork, number: int, *, who: str, code: Ending, words: str = "") -> Case:
    """End a case for good; what she writes in the next days opens it again all the same.

    Raises:
        NoCase: it is closed already.
    """
    rows = uow.run(_CLOSE, id=number, code=code, now=micros(uow.clock.now()))
    return _ended_by(uow, number, rows, who, (Did.CLOSED, code, words))


def _ended_by(
    uow: UnitOfWork, number: int, rows: Sequence[Row], who: str, how: tuple[Did, Ending, str]
) -> Case:
    if not rows:
        raise NoCase("has ended")
    did, code, words = how
    case = _must(uow, number)
    step(uow, case, who, did, f"{code} {words}".strip())
    uow.publish(CaseEnded(case.member, number, who, code.value, did is Did.CLOSED))
    return case


def step(uow: UnitOfWork, case: Case, who: str, did: Did, words: str) -> None:
    """Write down what was done with a case, in its own history and in the books of all deeds.

    `words` may hold a human's note; it stays in the case.
    """
    now, words = micros(uow.clock.now()), cut_chars(words, WORDS_CHARS)
    uow.run(_STEP, case=case.id, member=case.member, now=now, who=who, what=did.value, words=words)
    audit.record(uow, who, f"cases.{did.value}", f"case {case.id}", member=case.member)


def _with_humans(uow: UnitOfWork, number: int) -> Case:
    case = get(uow, number)
    if case is None or not case.state.is_with_humans:
        raise NoCase("no such case, or it has ended")
    return case


def _must(uow: UnitOfWork, number: int) -> Case:
    case = get(uow, number)
    if case is None:
        raise NoCase("no such case")
    return case


def _json(words: Sequence[str]) -> str:
    return json.dumps([*words], ensure_ascii=False)
