"""How a member's place on the boards leaves with her, or goes over to another member."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.features.rankings.keeping import count_run
from bot.features.rankings.rules import days_of
from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover, by_key, earlier
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

_MONTHS = Statement("SELECT month, mask FROM rank_months WHERE member_id = :member ORDER BY month")
_HIDDEN = Statement("SELECT since FROM rank_hidden WHERE member_id = :member")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    months = [
        {"month": month, "days": len(days_of(str(month), integer(mask)))}
        for month, mask in uow.run(_MONTHS, member=member)
    ]
    hidden = [
        {"on_no_list_since": instant(since).isoformat()}
        for (since,) in uow.run(_HIDDEN, member=member)
    ]
    return [*months, *hidden]


_MASKS = Statement("SELECT month, mask FROM rank_months WHERE member_id = :member")
_FORGET = Statement("DELETE FROM rank_months WHERE member_id = :member")
_KEEP = Statement(
    "INSERT INTO rank_months (member_id, month, mask, days) VALUES (:member, :month, :mask, :days)"
)


def _masks(uow: UnitOfWork, member: MemberId) -> dict[str, int]:
    return {str(month): integer(mask) for month, mask in uow.run(_MASKS, member=member)}


def _set(uow: UnitOfWork, member: MemberId, masks: Mapping[str, int]) -> None:
    """Let these be all days of a member."""
    uow.run(_FORGET, member=member)
    for month, mask in masks.items():
        if mask:
            uow.run(_KEEP, member=member, month=month, mask=mask, days=mask.bit_count())
    count_run(uow, member)


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    """Let a day of either be a day; return what each had."""
    hers, gone = _masks(uow, stays), _masks(uow, goes)
    _set(uow, goes, {})
    _set(uow, stays, {m: hers.get(m, 0) | gone.get(m, 0) for m in {*hers, *gone}})
    return [hers, gone]


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    """Let each have her own days, but those that were taken back; new ones stay."""
    hers, gone = moved
    now = _masks(uow, stays)
    both = {m: hers.get(m, 0) | gone.get(m, 0) for m in {*hers, *gone}}
    _set(uow, stays, {m: now[m] & (hers.get(m, 0) | ~both.get(m, 0)) for m in now})
    _set(uow, goes, {m: gone[m] & now.get(m, 0) for m in gone})


personal = (
    PersonalData(
        title="排行榜",
        purpose="排出这个月谁来得多、谁连续得久；不想上榜也记在这里",
        kept="直到你删除数据",
        tables=("rank_months", "rank_streaks", "rank_hidden"),
        export=_export,
        erase=run_all(
            "DELETE FROM rank_months WHERE member_id = :member",
            "DELETE FROM rank_streaks WHERE member_id = :member",
            "DELETE FROM rank_hidden WHERE member_id = :member",
        ),
        movers=(
            Mover(("rank_months", "rank_streaks"), _move, _back),
            by_key("rank_hidden", [], ["since"], earlier("since")),
        ),
    ),
)
