"""The end of a salon: what is counted then stays, and those who came are asked how it was."""

from datetime import datetime

from bot.commons import salons
from bot.commons.salons import State, Told, rounds
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_ENDED = Statement(
    "SELECT id FROM salons WHERE state = 'open' AND ends_at <= :before ORDER BY ends_at LIMIT 1"
)
_OVER = Statement("UPDATE salons SET state = 'over', outcome = :outcome WHERE id = :salon")


def close_next(uow: UnitOfWork, before: datetime) -> bool:
    """Let a salon be over that ended before an instant; False when none has.

    The counts stay also when those who were there are erased.
    """
    rows = uow.run(_ENDED, before=micros(before))
    found = salons.held(uow, integer(rows[0][0])) if rows else None
    if found is None or found.state is not State.OPEN:
        return False
    counted = salons.outcome_json.dump_json(salons.count(uow, found.id)).decode()
    uow.run(_OVER, salon=found.id, outcome=counted)
    rounds.begin(uow, found.id, Told.FEEDBACK)
    return True
