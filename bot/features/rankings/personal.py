"""How a member's place on the boards leaves with her, or goes over to another member."""

from collections.abc import Sequence
from typing import Any

from bot.features.rankings.keeping import count_run
from bot.features.rankings.rules import days_of
from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, Mover, by_key
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


def _both(hers: Fields, gone: Fields) -> Fields:
    """Return one month of two: a day of either is a day."""
    mask = hers["mask"] | gone["mask"]
    return {**hers, "mask": mask, "days": mask.bit_count()}


_months = by_key("rank_months", ["month"], ["mask", "days"], _both)


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    moved = _months.move(uow, goes, stays)
    count_run(uow, goes)
    count_run(uow, stays)
    return moved


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    _months.back(uow, goes, stays, moved)
    count_run(uow, goes)
    count_run(uow, stays)


def _earlier(hers: Fields, gone: Fields) -> Fields:
    return min(hers, gone, key=lambda row: row["since"])


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
            by_key("rank_hidden", [], ["since"], _earlier),
        ),
    ),
)
