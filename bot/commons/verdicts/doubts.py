"""Messages of which the detector was not sure, and what a person says of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import audit
from bot.commons.detection import ALERT, DIGEST
from bot.commons.verdicts import lessons
from bot.commons.verdicts.lessons import Turns
from bot.commons.verdicts.rules import Verdict
from bot.kernel.events import Judged
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.words import cut_chars
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

WORDS_CHARS = 500
_COLUMNS = (
    "id, member_id, key, channel, account, identity, in_group, at, words, score_milli, label,"
    " severity, reasons, verdict, who, decided_at"
)
_KEEP = Statement(
    "INSERT INTO detector_doubts (member_id, key, channel, account, identity, in_group, at, words,"
    " score_milli, label, severity, reasons, verdict, who) VALUES (:member, :key, :channel,"
    " :account, :identity, :in_group, :at, :words, :score, :label, :severity, :reasons, '', '')"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_GET = Statement(f"SELECT {_COLUMNS} FROM detector_doubts WHERE id = :id")
_OPEN = Statement(
    f"SELECT {_COLUMNS} FROM detector_doubts WHERE verdict = '' ORDER BY at DESC, id DESC"
    " LIMIT :most"
)
_DECIDED = Statement(
    f"SELECT {_COLUMNS} FROM detector_doubts WHERE verdict <> ''"
    " ORDER BY decided_at DESC, id DESC LIMIT :most"
)
_COUNT = Statement("SELECT count(*) FROM detector_doubts WHERE verdict = ''")
_DECIDE = Statement(
    "UPDATE detector_doubts SET verdict = :verdict, who = :who, decided_at = :now"
    " WHERE id = :id AND verdict = '' RETURNING id"
)
_REOPEN = Statement(
    "UPDATE detector_doubts SET verdict = '', who = '', decided_at = NULL"
    " WHERE id = :id AND verdict = 'fine' RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message of which the detector was not sure."""

    id: int
    member: MemberId
    key: str
    channel: ChannelName
    account: str
    identity: str
    in_group: str
    at: datetime
    words: str
    score: float
    label: str
    severity: int
    reasons: Sequence[str]
    verdict: str
    """See `Verdict`; empty while nobody has decided."""
    who: str
    decided_at: datetime | None


def keep(uow: UnitOfWork, judged: Judged) -> bool:
    """Keep a message for a person to read, when the detector was not sure of it."""
    if judged.score < DIGEST or (judged.score >= ALERT and judged.rang):
        return False
    rows = uow.run(
        _KEEP,
        member=judged.member,
        key=f"{judged.channel}:{judged.key}",
        channel=judged.channel,
        account=judged.account,
        identity=judged.identity,
        in_group=judged.group,
        at=micros(judged.at),
        words=cut_chars(judged.words, WORDS_CHARS),
        score=round(judged.score * 1000),
        label=str(judged.label),
        severity=judged.severity,
        reasons=json.dumps([*judged.reasons], ensure_ascii=False),
    )
    return bool(rows)


def get(uow: UnitOfWork, number: int) -> Doubt | None:
    """Return a doubt; None for one that is not there."""
    rows = uow.run(_GET, id=number)
    return _doubt(rows[0]) if rows else None


def undecided(uow: UnitOfWork, *, most: int) -> Sequence[Doubt]:
    """Return what nobody has decided, the latest first."""
    return [_doubt(row) for row in uow.run(_OPEN, most=most)]


def decided(uow: UnitOfWork, *, most: int) -> Sequence[Doubt]:
    """Return what was decided, the latest decision first."""
    return [_doubt(row) for row in uow.run(_DECIDED, most=most)]


def count_undecided(uow: UnitOfWork) -> int:
    """Return how many wait for a person."""
    return integer(uow.run(_COUNT)[0][0])


def decide(uow: UnitOfWork, doubt: Doubt, verdict: Verdict, turns: Turns, *, who: str) -> bool:
    """Say whether a human was needed; False when somebody has said it before.

    `turns` is what was said, the words in doubt at its end.
    """
    now = micros(uow.clock.now())
    if not uow.run(_DECIDE, id=doubt.id, verdict=verdict.value, who=who, now=now):
        return False
    escalate = verdict is Verdict.HUMAN
    lessons.learn(uow, doubt.member, f"doubt:{doubt.id}", turns, escalate=escalate, who=who)
    audit.record(uow, who, f"verdicts.{verdict}", f"doubt {doubt.id}", member=doubt.member)
    return True


def undo(uow: UnitOfWork, doubt: Doubt, *, who: str) -> bool:
    """Take back that nobody was needed; that a human was called can't be taken back."""
    if not uow.run(_REOPEN, id=doubt.id):
        return False
    lessons.unlearn(uow, f"doubt:{doubt.id}")
    audit.record(uow, who, "verdicts.undone", f"doubt {doubt.id}", member=doubt.member)
    return True


def _doubt(row: Row) -> Doubt:
    return Doubt(
        integer(row[0]),
        MemberId(integer(row[1])),
        str(row[2]),
        ChannelName(str(row[3])),
        str(row[4]),
        str(row[5]),
        str(row[6]),
        instant(row[7]),
        str(row[8]),
        integer(row[9]) / 1000,
        str(row[10]),
        integer(row[11]),
        json.loads(str(row[12])),
        str(row[13]),
        str(row[14]),
        None if row[15] is None else instant(row[15]),
    )
