"""How what is kept of recalls leaves with a member, and moves with her."""

import json
from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id, by_key, later
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_RECALLS = Statement(
    "SELECT at, type, figures, offer, told FROM recalls WHERE member_id = :member ORDER BY id"
)
_TYPES = Statement("SELECT type, why, at FROM recall_types WHERE member_id = :member")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        *(
            {
                "at": instant(at).isoformat(),
                "sets_store_by": kind,
                "because": json.loads(str(figures)),
                "offer": offer,
                "told": told,
            }
            for at, kind, figures, offer, told in uow.run(_RECALLS, member=member)
        ),
        *(
            {"at": instant(at).isoformat(), "sets_store_by": kind, "a_person_says_because": why}
            for kind, why, at in uow.run(_TYPES, member=member)
        ),
    ]


personal = (
    PersonalData(
        title="召回",
        purpose="你很久没来时，按你看重的（价格、品质、服务）想想怎么请你回来",
        kept="直到你删除数据",
        tables=("recalls", "recall_types"),
        export=_export,
        erase=run_all(
            "DELETE FROM recalls WHERE member_id = :member",
            "DELETE FROM recall_types WHERE member_id = :member",
        ),
        movers=(
            by_id("recalls"),
            by_key("recall_types", [], ["type", "why", "who", "at"], later("at")),
        ),
    ),
)
