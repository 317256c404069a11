"""What the console shows of second opinions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

LATEST = Statement(
    "SELECT at, member_id, state, why, score_milli, after_milli, became, verdict_label,"
    " verdict_severity, verdict_reason, tokens FROM opinions ORDER BY id DESC LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A message of which the detector was not sure, and what came of asking."""

    at: datetime
    member: MemberId
    state: str
    why: str
    before: float
    after: float
    became: str
    label: str
    severity: int
    reason: str
    tokens: int


def latest(uow: UnitOfWork, *, most: int) -> Sequence[Asked]:
    """Return what was asked last, the newest first."""
    return [
        Asked(
            instant(row[0]),
            MemberId(integer(row[1])),
            str(row[2]),
            str(row[3]),
            integer(row[4]) / 1000,
            integer(row[5]) / 1000,
            str(row[6]),
            str(row[7]),
            integer(row[8]),
            str(row[9]),
            integer(row[10]),
        )
        for row in uow.run(LATEST, most=most)
    ]
