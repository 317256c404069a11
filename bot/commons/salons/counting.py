"""How many have a place, came, stayed away and wait."""

from bot.commons.salons import reads
from bot.commons.salons.kinds import Outcome, Place
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer

_WALK_INS = Statement("SELECT COALESCE(SUM(heads), 0) FROM salon_walk_ins WHERE salon_id = :salon")


def fits(capacity: int | None, taken: int, heads: int) -> bool:
    """Return True when so many more find a place."""
    return capacity is None or taken + heads <= capacity


def count(uow: UnitOfWork, salon: int) -> Outcome:
    """Count the people of a salon as they are now, with those whom nobody knows."""
    people = reads.signups(uow, salon)
    placed = [one for one in people if one.state is Place.IN]
    came = sum(one.heads for one in people if one.came_at is not None)
    return Outcome(
        signed_up=len(placed),
        heads=sum(one.heads for one in placed),
        came=came + integer(uow.run(_WALK_INS, salon=salon)[0][0]),
        stayed_away=sum(one.came_at is None for one in placed),
        waiting=sum(one.state is Place.WAITING for one in people),
    )
