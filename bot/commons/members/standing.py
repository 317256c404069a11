"""How the tier and the tags of a member leave with her, and move to another member."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id, by_key, earlier
from bot.kernel.privacy import PersonalData, Record, rows_of, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_TIERS = Statement(
    "SELECT before, tier, reason, who, at FROM tier_changes WHERE member_id = :member ORDER BY id"
)
_tags = rows_of("member_tags", {"tag": "tag"})


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    tiers: list[Record] = [
        {
            "tier_before": before,
            "tier": tier,
            "reason": reason,
            "who": who,
            "at": instant(at).isoformat(),
        }
        for before, tier, reason, who, at in uow.run(_TIERS, member=member)
    ]
    return [*tiers, *_tags(uow, member)]


personal = (
    PersonalData(
        title="等级和标签",
        purpose="知道怎么照顾你：等级是谁、什么时候、为什么给的，以及给你的标签",
        kept="直到你删除数据",
        tables=("tier_changes", "member_tags"),
        export=_export,
        erase=run_all(
            "DELETE FROM tier_changes WHERE member_id = :member",
            "DELETE FROM member_tags WHERE member_id = :member",
        ),
        movers=(
            by_id("tier_changes"),
            by_key("member_tags", ["tag"], ["who", "at"], earlier("at")),
        ),
    ),
)
