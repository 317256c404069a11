"""`bot export ledger`: both sides of every entry."""

from collections.abc import Iterator

from bot.commons import members, points
from bot.kernel.exporting import Asked, Cell, Export
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork


def _ledger(uow: UnitOfWork, asked: Asked) -> Iterator[tuple[Cell, ...]]:
    zone = asked.community.zone
    names: dict[MemberId, str] = {}
    for side in points.ledger(uow):
        yield (
            side.entry,
            side.at.astimezone(zone).isoformat(),
            "" if side.member is None else _name(uow, side.member, names),
            side.account,
            side.points,
            side.reason,
            side.key,
        )


def _name(uow: UnitOfWork, member: MemberId, names: dict[MemberId, str]) -> str:
    """Return a member's first name on a channel: `simulator:amei`."""
    if member not in names:
        known = members.identities_of(uow, member)
        names[member] = f"{known[0].channel}:{known[0].identity}" if known else f"member:{member}"
    return names[member]


exports = (
    Export("ledger", ("entry_id", "at", "member", "account", "points", "reason", "key"), _ledger),
)
