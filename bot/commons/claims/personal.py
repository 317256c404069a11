"""How a member's claims leave with her: what nobody has fetched goes back on the shelf."""

from collections.abc import Sequence
from typing import Any

from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover, dropped
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

_MINE = Statement(
    "SELECT g.title, c.points, c.state, c.sent_at, c.until, c.closed_at FROM mall_claims c"
    " JOIN mall_goods g ON g.id = c.goods_id WHERE c.member_id = :member ORDER BY c.id"
)
_WISHED = Statement(
    "SELECT g.title, w.points, w.at FROM mall_wishes w JOIN mall_goods g ON g.id = w.goods_id"
    " WHERE w.member_id = :member"
)
_BACK = (
    "UPDATE mall_goods SET taken = taken - (SELECT COUNT(*) FROM mall_claims"
    " WHERE goods_id = mall_goods.id AND member_id = :member AND state IN ('held', 'got'))"
    " WHERE id IN (SELECT goods_id FROM mall_claims WHERE member_id = :member"
    " AND state IN ('held', 'got'))"
)
_LAST = Statement(
    "SELECT COALESCE(MAX(slot), 0) FROM mall_claims WHERE member_id IN (:goes, :stays)"
)
_OF = Statement("SELECT id, slot FROM mall_claims WHERE member_id = :goes ORDER BY id")
_TAKE = Statement(
    "UPDATE mall_claims SET member_id = :stays, slot = slot + :last WHERE member_id = :goes"
)
_GIVE = Statement(
    "UPDATE mall_claims SET member_id = :goes, slot = CASE WHEN slot IS NULL THEN NULL"
    " ELSE slot - :last END WHERE id = :id AND member_id = :stays"
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    wishes = [
        {"asked_about": title, "points": points, "at": instant(at).isoformat()}
        for title, points, at in uow.run(_WISHED, member=member)
    ]
    claims = [
        {
            "goods": title,
            "points": points,
            "state": state,
            "sent_at": instant(sent).isoformat(),
            "until": None if until is None else instant(until).isoformat(),
            "closed_at": None if closed is None else instant(closed).isoformat(),
        }
        for title, points, state, sent, until, closed in uow.run(_MINE, member=member)
    ]
    return [*claims, *wishes]


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    """Let claims follow behind those that are there: together she may have more than one may."""
    last = integer(uow.run(_LAST, goes=goes, stays=stays)[0][0])
    moved = [row[0] for row in uow.run(_OF, goes=goes)]
    uow.run(_TAKE, goes=goes, stays=stays, last=last)
    return {"claims": moved, "last": last}


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    for number in moved["claims"]:
        uow.run(_GIVE, id=number, goes=goes, stays=stays, last=moved["last"])


personal = (
    PersonalData(
        title="积分商城",
        purpose="记下你兑换、抢到、预留了什么，好在店里交给你",
        kept="直到你删除数据；没领的回到货架，领走的只留下件数",
        tables=("mall_claims", "mall_wishes"),
        export=_export,
        erase=run_all(
            _BACK,
            "DELETE FROM mall_claims WHERE member_id = :member",
            "DELETE FROM mall_wishes WHERE member_id = :member",
        ),
        movers=(Mover(("mall_claims",), _move, _back), dropped("mall_wishes", "member_id")),
    ),
)
