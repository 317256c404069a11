"""How what this room keeps about a member leaves with her."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import dropped
from bot.kernel.privacy import PersonalData, Record, rows_of, run_all
from bot.kernel.work import UnitOfWork

_OFFERED = rows_of(
    "bindings", {"channel": "channel", "identity": "identity", "other_channel": "other_channel"}
)
# whose code she typed is another's affair
_ENTERED = rows_of(
    "bindings",
    {"channel": "other_channel", "identity": "other_identity", "other_channel": "channel"},
    where="other_id = :member",
)
_TRIES = rows_of("binding_tries", {"wrong_codes": "wrong"})


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [record for read in (_OFFERED, _ENTERED, _TRIES) for record in read(uow, member)]


personal = (
    PersonalData(
        title="绑定中的码",
        purpose="让你把几个渠道里的自己合成一个",
        kept="用过或过期后几个小时内删除",
        tables=("bindings", "binding_tries"),
        export=_export,
        erase=run_all(
            "DELETE FROM bindings WHERE member_id = :member OR other_id = :member",
            "DELETE FROM binding_tries WHERE member_id = :member",
        ),
        movers=(
            dropped("bindings", "member_id", "other_id"),
            dropped("binding_tries", "member_id"),
        ),
    ),
)
