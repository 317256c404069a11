"""Who is meant by what an operator asks for."""

from collections.abc import Sequence

from bot.commons import members, profiles
from bot.kernel.console import number_in
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork


def look_for(uow: UnitOfWork, asked: str, *, most: int) -> Sequence[MemberId]:
    """Return the members whom a name, a number, a phone or `channel:identity` may mean."""
    if (number := number_in(asked)) is not None:
        member = MemberId(number)
        found = [member] if members.exists(uow, member) else []
        return [*found, *_named(uow, f"phone:{asked}")]
    if ":" in asked:
        return _named(uow, asked)
    return members.search(uow, asked, most=most)


def _named(uow: UnitOfWork, written: str) -> Sequence[MemberId]:
    try:
        member = profiles.find_ref(uow, profiles.read_ref(written))
    except (profiles.BadRef, profiles.Shared):
        return []
    return [] if member is None else [member]
