"""How a member's orders leave with her, and move to another member."""

import json
from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_COLUMNS = (
    *("source", "order_id", "paid_at", "paid_fen", "refunded_fen", "status", "store", "items"),
    "delivered_at",
)
_MINE = Statement(
    f"SELECT {', '.join(_COLUMNS)} FROM orders WHERE member_id = :member ORDER BY paid_at, id"
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in uow.run(_MINE, member=member)]
    return [
        row
        | {
            "paid_at": instant(row["paid_at"]).isoformat(),
            "items": json.loads(str(row["items"])),
            "delivered_at": (at := row["delivered_at"]) and instant(at).isoformat(),
        }
        for row in rows
    ]


personal = (
    PersonalData(
        title="订单",
        purpose="按你的消费照顾你：等级、积分、优惠和售后",
        kept="直到你删除数据，之后只留下认不出你的金额；对不上会员的订单到期后不再留名",
        tables=("orders",),
        export=_export,
        erase=run_all(
            "UPDATE orders SET member_id = NULL, ref_kind = 'erased', ref = '', untold = 0"
            " WHERE member_id = :member",
            "UPDATE orders SET ref_kind = 'erased', ref = '' WHERE member_id IS NULL"
            " AND ((ref_kind = 'phone' AND ref IN (SELECT phone FROM member_profiles"
            " WHERE member_id = :member)) OR (ref_kind = 'unionid' AND ref IN (SELECT unionid"
            " FROM member_profiles WHERE member_id = :member)) OR (ref <> '' AND ref IN"
            " (SELECT identity FROM identities WHERE member_id = :member)))",
        ),
        movers=(by_id("orders"),),
    ),
)
