"""How a member's points leave with her, and how the books stay right without her."""

from collections.abc import Sequence

from bot.commons.points.holds import holds_of
from bot.commons.points.merging import mover
from bot.commons.points.service import ERASED, balance
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_MINE = "(SELECT id FROM point_accounts WHERE member_id = :member)"
_THEIRS = f"(SELECT id FROM point_accounts WHERE house = '{ERASED}')"
_ENTRIES = Statement(
    "SELECT id, key, at, reason, made_by,"
    f" CASE WHEN credit = {_MINE} THEN points ELSE -points END FROM point_entries"
    f" WHERE credit = {_MINE} OR debit = {_MINE} ORDER BY id"
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    entries: list[Record] = [
        {
            "entry_id": number,
            "key": key,
            "at": instant(at).isoformat(),
            "reason": reason,
            "made_by": made_by,
            "points": points,
        }
        for number, key, at, reason, made_by, points in uow.run(_ENTRIES, member=member)
    ]
    held = [
        {
            "hold": one.key,
            "at": one.at.isoformat(),
            "reason": one.reason,
            "points": one.points,
            "until": None if one.until is None else one.until.isoformat(),
        }
        for one in holds_of(uow, member)
    ]
    return [{"balance": balance(uow, member)}, *entries, *held] if entries or held else []


# A key may name the member, so that it goes too.
_ANONYMOUS = "key = 'erased:' || CAST(id AS VARCHAR(20))"

personal = (
    PersonalData(
        title="积分",
        purpose="记下你得到和用掉的积分",
        kept="直到你删除数据；之后只留下无法认出你的总数",
        tables=("point_accounts", "point_entries", "point_holds"),
        export=_export,
        erase=run_all(
            f"INSERT INTO point_accounts (house) VALUES ('{ERASED}')"
            " ON CONFLICT (house) DO NOTHING",
            "DELETE FROM point_holds WHERE member_id = :member",
            f"UPDATE point_entries SET credit = {_THEIRS}, rest = 0, {_ANONYMOUS}"
            f" WHERE credit = {_MINE}",
            f"UPDATE point_entries SET debit = {_THEIRS}, {_ANONYMOUS} WHERE debit = {_MINE}",
            "DELETE FROM point_accounts WHERE member_id = :member",
        ),
        movers=(mover,),
    ),
)
