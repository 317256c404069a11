"""What an advisor does: takes, answers, gives on, puts off, promises, ends. Each is done once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import cases, duty, staff
from bot.commons.cases import Case, Did, Ending
from bot.features.desk import reading
from bot.features.desk.rules import (
    LONGEST_PROMISE,
    NOTE_CHARS,
    REPLY_CHARS,
    SNOOZES,
    may_act,
)
from bot.features.desk.ways import writing_to
from bot.kernel.community import Community
from bot.kernel.console import instant_in
from bot.kernel.desk import PipelineDesk, Role
from bot.kernel.errors import Refusal
from bot.kernel.events import DetectorJudged
from bot.kernel.messages import Outgoing, Text, Voice
from bot.kernel.transcript import Speaker, Utterance
from bot.kernel.work import Toolbox, UnitOfWork
from bot.kernel.workbench import Asked


class No(Refusal):
    """It can't be done so; nothing was written."""

    template = "desk/no.txt.j2"

    def __init__(self, why: str, **words: object) -> None:
        super().__init__(why, **({"why": why, "name": "", "most": 0} | words))


def _mine(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> Case:
    """Return the case that is asked about, for whoever may do something about it."""
    case = cases.get(uow, asked.number)
    if case is None:
        raise No("no_case")
    if asked.who.role is Role.OPERATOR:
        raise No("looks_on")
    if not may_act(case, asked.who):
        raise No("not_hers", name=staff.name_of(uow, tools, case.advisor) or case.advisor)
    return case


def _is_open(case: Case) -> Case:
    if not case.state.is_with_humans:
        raise No("ended")
    return case


def _words(asked: Asked, field: str, most: int) -> str:
    text = asked.fields.get(field, "").replace("\r\n", "\n").strip()
    if not text:
        raise No(f"no_{field}")
    if len(text) > most:
        raise No("too_long", most=most)
    return text


# ── taking and answering ────────────────────────────────────────────────────────────────


def accept(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> None:
    """Take a case; a supervisor takes it from whoever has it."""
    case, userid = _is_open(_mine(uow, tools, asked)), asked.who.userid
    taken = case.accepted_at is not None or bool(case.advisor)
    if taken and case.advisor != userid:
        cases.assign(uow, case.id, userid, who=userid, why="transferred")
    cases.accept(uow, case.id, userid)


def reply(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> None:
    """Write to the member, by the door that is open; whoever writes has the case."""
    words = _words(asked, "words", REPLY_CHARS)
    _write(uow, tools, asked, words, key=f"desk:{asked.key}")


def say_instead(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> None:
    """Send in one's own name what the bot wanted to say and did not; once, whoever does it."""
    case = _mine(uow, tools, asked)
    said = _said(uow, tools, case, asked, {"withdrawn"})
    key = reading.instead_of(said)
    if key in {one.key for one in reading.latest(uow, tools, case)}:
        raise No("not_there")
    _write(uow, tools, asked, said.words, key=key)


def _write(uow: UnitOfWork, tools: Toolbox, asked: Asked, words: str, *, key: str) -> None:
    case = _is_open(_mine(uow, tools, asked))
    closed, way = reading.composer(uow, tools, case, asked.who), writing_to(uow, tools, case).way
    if closed or way is None:
        raise No(closed or "no_way")
    if asked.fields.get("way", way.channel) != way.channel:
        raise No("other_way")
    uow.send(
        Outgoing(
            way.channel,
            way.identity,
            Text(words),
            key=key,
            why="desk",
            via=way.via,
            voice=Voice.HUMAN,
        )
    )
    cases.answered(uow, case.id, asked.who.userid, uow.clock.now())


def retry(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> None:
    """Send again what did not leave."""
    case = _mine(uow, tools, asked)
    said = _said(uow, tools, case, asked, {"parked", "maybe"})
    if said.by is not Speaker.ADVISOR:  # the bot's are operators' to mend
        raise No("not_there")
    number = int(said.id.partition(":")[2])
    if not tools.use(PipelineDesk).retry_outbox(uow, number, asked.who.account):
        raise No("not_there")


def _said(
    uow: UnitOfWork, tools: Toolbox, case: Case, asked: Asked, statuses: set[str]
) -> Utterance:
    """Return what was, or was not, said to the member of a case; nobody else's is found."""
    for one in reading.latest(uow, tools, case):
        if one.id == asked.fields.get("message") and one.status in statuses:
            return one
    raise No("not_there")


# ── giving on, putting off, noting ──────────────────────────────────────────────────────


def transfer(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    """Give a case to another advisor, or back to all of them; return whom; empty for all."""
    case, to = _is_open(_mine(uow, tools, asked)), asked.fields.get("to", "")
    there = duty.standing(uow, tools, uow.clock.now())
    able = (one for one in there if to and one.is_called(to) and not one.is_gone)
    found = next(able, None)
    if to and found is None:
        raise No("nobody")
    userid, name = (found.userid, found.name) if found else ("", "")
    reason = _words(asked, "why", NOTE_CHARS)
    who = asked.who.userid
    cases.step(uow, case, who, Did.NOTED, reason)
    cases.assign(uow, case.id, userid, who=who, why="transferred")
    return name


def snooze(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> datetime:
    """Put a case off; it comes back at its time, or when the member writes."""
    case = _is_open(_mine(uow, tools, asked))
    if (span := SNOOZES.get(asked.fields.get("minutes", ""))) is None:
        raise No("no_time")
    until = uow.clock.now() + span
    cases.step(uow, case, asked.who.userid, Did.SNOOZED, until.isoformat())
    return until


def note(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> None:
    """Keep a note for colleagues; the member never sees it in a chat."""
    case = _mine(uow, tools, asked)
    words = _words(asked, "note", NOTE_CHARS)
    cases.step(uow, case, asked.who.userid, Did.NOTED, words)


def promise(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> datetime:
    """Write down what a member was promised, and until when."""
    case = _is_open(_mine(uow, tools, asked))
    what = _words(asked, "what", NOTE_CHARS)
    now = uow.clock.now()
    due_at = instant_in(asked.fields.get("due", ""), tools.use(Community).zone)
    if due_at is None or not now < due_at <= now + LONGEST_PROMISE:
        raise No("no_due", most=LONGEST_PROMISE // timedelta(days=1))
    cases.promise(uow, case, what=what, who=asked.who.userid, due_at=due_at)
    return due_at


def settle(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> bool:
    """Say whether a promise was kept; return it."""
    case, kept = _mine(uow, tools, asked), asked.fields.get("kept") == "1"
    hers = {str(one.id): one.id for one in cases.promises_of(uow, case.id)}
    number = hers.get(asked.fields.get("promise", ""))
    who = asked.who.userid
    if number is None or not cases.end(uow, number, who=who, is_kept=kept):
        raise No("not_there")
    return kept


# ── ending ──────────────────────────────────────────────────────────────────────────────

CHOSEN: Sequence[Ending] = (
    Ending.SOLVED,
    Ending.ANSWERED,
    Ending.COMPENSATED,
    Ending.SOLD,
    Ending.NOT_OURS,
    Ending.FALSE_ALARM,
    Ending.UNREACHABLE,
)
"""The endings that an advisor may choose; the others are the rules'."""


def finish(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> bool:
    """End a case with its reason, for now or for good; return whether it is for good."""
    case, who = _mine(uow, tools, asked), asked.who.userid
    said = asked.fields.get("code", "")
    if said not in set(CHOSEN):
        raise No("no_code")
    words = asked.fields.get("words", "").strip()
    if len(words) > NOTE_CHARS:
        raise No("too_long", most=NOTE_CHARS)
    for_good = asked.fields.get("how") == "close" or not case.state.is_with_humans
    if for_good:
        cases.close(uow, case.id, who=who, code=Ending(said), words=words)
    else:
        cases.resolve(uow, case.id, who=who, code=Ending(said), words=words)
    return for_good


@dataclass(frozen=True, slots=True)
class Reopened:
    """The case that is open now."""

    case: int


def reopen(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> Reopened:
    """Take a case up again; whoever does it has it."""
    case, userid = _mine(uow, tools, asked), asked.who.userid
    if case.state.is_with_humans:
        raise No("is_open")
    reason = _words(asked, "why", NOTE_CHARS)
    opened = cases.open_case(
        uow,
        cases.Concern(
            case.member,
            case.kind,
            case.severity,
            [],
            uow.clock.now(),
            case.channel,
            case.account,
            case.identity,
            key=f"desk:{asked.key}",
            in_group=case.in_group,
            who=userid,
        ),
    ).case
    cases.step(uow, opened, userid, Did.NOTED, reason)
    if opened.advisor != userid:
        cases.assign(uow, opened.id, userid, who=userid, why="reopened")
    cases.accept(uow, opened.id, userid)
    return Reopened(opened.id)


# ── what the detector said ──────────────────────────────────────────────────────────────

_VERDICTS = {"true": Did.FOUND_TRUE, "false": Did.FOUND_FALSE, "missed": Did.FOUND_LATE}


def judge(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    """Say whether the alarm was right, or that a message should have raised one; return which."""
    case, who = _mine(uow, tools, asked), asked.who.userid
    verdict = asked.fields.get("verdict", "")
    if (did := _VERDICTS.get(verdict)) is None:
        raise No("no_verdict")
    words, key = "", ""
    if verdict == "missed":
        said = _heard(uow, tools, case, asked.fields.get("message", ""))
        words, key = said.words, f"{said.channel}:{said.key}"
    cases.step(uow, case, who, did, words)
    now = uow.clock.now()
    uow.publish(DetectorJudged(case.member, case.id, verdict, who, now, key, words))
    return verdict


def _heard(uow: UnitOfWork, tools: Toolbox, case: Case, message: str) -> Utterance:
    for one in reading.latest(uow, tools, case):
        if one.id == message and one.by is Speaker.MEMBER and one.words:
            return one
    raise No("not_there")
