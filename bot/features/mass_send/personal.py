"""What colleagues sent to a member who is their customer."""

from collections.abc import Sequence

from bot.commons.customers import NAMES_OF_HER, names_of
from bot.commons.mass_send import matter_json
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_SENDS = Statement(
    "SELECT t.owner, t.status, t.drafted_at, t.sent_at, m.body FROM mass_targets t"
    " JOIN mass_matters m ON m.digest = t.digest WHERE t.audience = 'customers'"
    f" AND t.chat IN ({NAMES_OF_HER}) ORDER BY t.id"
)
_FORGET = Statement("DELETE FROM mass_targets WHERE audience = 'customers' AND chat = :name")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {
            "by": owner,
            "status": status,
            "drafted_at": instant(drafted).isoformat(),
            "sent_at": None if sent is None else instant(sent).isoformat(),
            "text": matter_json.validate_json(str(body)).text,
        }
        for owner, status, drafted, sent, body in uow.run(_SENDS, member=member)
    ]


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    for name in names_of(uow, member):
        uow.run(_FORGET, name=name)


personal = (
    PersonalData(
        title="群发",
        purpose="同事群发给你的内容；同样的不发两遍，不超过平台的次数。不想收就发“退订”",
        kept="直到你删除数据",
        tables=("mass_targets",),
        export=_export,
        erase=_erase,
    ),
)
