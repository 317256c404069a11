"""What a member has said once: her style and what she likes to spend."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commons import profiles
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_READ = Statement("SELECT style, budget_yuan FROM guide_tastes WHERE member_id = :member")
_KEEP = Statement(
    "INSERT INTO guide_tastes (member_id, style, budget_yuan, at)"
    " VALUES (:member, :style, :budget, :now) ON CONFLICT (member_id) DO UPDATE SET"
    " style = excluded.style, budget_yuan = excluded.budget_yuan, at = excluded.at"
)


@dataclass(frozen=True, slots=True)
class Taste:
    """What is known; `styles` are more than one when her profile says so."""

    styles: Sequence[str] = ()
    budget_yuan: int | None = None
    """0 for no limit, None where she has not said."""


def taste_of(uow: UnitOfWork, member: MemberId) -> Taste:
    """Return what is known of a member; what she told the guide goes before her profile."""
    rows = uow.run(_READ, member=member)
    style, budget = rows[0] if rows else ("", None)
    styles = (str(style),) if style else tuple(profiles.profile_of(uow, member).styles)
    return Taste(styles, None if budget is None else integer(budget))


def remember(
    uow: UnitOfWork, member: MemberId, *, style: str = "", budget_yuan: int | None = None
) -> None:
    """Keep what a member says now; what she does not say stays as it is."""
    rows = uow.run(_READ, member=member)
    was_style, was_budget = rows[0] if rows else ("", None)
    uow.run(
        _KEEP,
        member=member,
        style=style or was_style,
        budget=was_budget if budget_yuan is None else budget_yuan,
        now=micros(uow.clock.now()),
    )
