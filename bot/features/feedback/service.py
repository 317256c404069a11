"""Use cases of ratings: keep one, count them, read the latest."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.features.feedback.rules import Verdict
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

# an older opinion that comes late changes nothing
_KEEP = Statement(
    "INSERT INTO answer_ratings (channel, answer, member_id, verdict, reasons, words, at)"
    " VALUES (:channel, :answer, :member, :verdict, :reasons, :words, :at)"
    " ON CONFLICT (channel, answer, member_id) DO UPDATE SET verdict = excluded.verdict,"
    " reasons = excluded.reasons, words = excluded.words, at = excluded.at"
    " WHERE answer_ratings.at <= excluded.at"
)
LATEST = Statement(
    "SELECT channel, answer, member_id, verdict, reasons, words, at FROM answer_ratings"
    " ORDER BY at DESC, id DESC LIMIT :most"
)
_VERDICTS = Statement("SELECT verdict, count(*) FROM answer_ratings GROUP BY verdict")
_REASONS = Statement(
    "SELECT reasons, count(*) FROM answer_ratings WHERE reasons <> '' GROUP BY reasons"
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a member thinks of an answer."""

    channel: ChannelName
    answer: str
    member: MemberId
    verdict: Verdict
    reasons: Sequence[str]
    words: str
    at: datetime


def keep(uow: UnitOfWork, opinion: Opinion) -> None:
    """Keep what a member thinks; it replaces what she thought of this answer before."""
    uow.run(
        _KEEP,
        channel=opinion.channel,
        answer=opinion.answer,
        member=opinion.member,
        verdict=opinion.verdict.value,
        reasons=",".join(opinion.reasons),
        words=opinion.words,
        at=micros(opinion.at),
    )


def latest(uow: UnitOfWork, *, most: int) -> Sequence[Opinion]:
    """Return the latest opinions, newest first."""
    return [
        Opinion(
            ChannelName(str(row[0])),
            str(row[1]),
            MemberId(integer(row[2])),
            Verdict(str(row[3])),
            [reason for reason in str(row[4]).split(",") if reason],
            str(row[5]),
            instant(row[6]),
        )
        for row in uow.run(LATEST, most=most)
    ]


def count(uow: UnitOfWork, verdict: Verdict) -> int:
    """Return how many opinions are of this kind now."""
    return dict(_counted(uow)).get(verdict, 0)


def _counted(uow: UnitOfWork) -> Mapping[Verdict, int]:
    return {Verdict(str(kind)): integer(many) for kind, many in uow.run(_VERDICTS)}


def count_reasons(uow: UnitOfWork) -> Mapping[str, int]:
    """Return how often each reason was given, the most frequent first."""
    found: Counter[str] = Counter()
    for reasons, many in uow.run(_REASONS):
        found.update(dict.fromkeys(str(reasons).split(","), integer(many)))
    return dict(found.most_common())
