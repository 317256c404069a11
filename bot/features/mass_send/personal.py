"""What colleagues sent to a member who is their customer, and whether she wants it."""

from collections.abc import Sequence

from bot.commons.customers import NAMES_OF_HER, names_of
from bot.commons.mass_send import matter_json
from bot.kernel.ids import MemberId
from bot.kernel.merging import by_key
from bot.kernel.privacy import PersonalData, Record
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_SENDS = Statement(
    "SELECT t.owner, t.status, t.drafted_at, t.sent_at, m.body FROM mass_targets t"
    " JOIN mass_matters m ON m.digest = t.digest WHERE t.audience = 'customers'"
    f" AND t.chat IN ({NAMES_OF_HER}) ORDER BY t.id"
)
_OPTED_OUT = Statement("SELECT at FROM mass_opt_outs WHERE member_id = :member")
_FORGET = Statement("DELETE FROM mass_targets WHERE audience = 'customers' AND chat = :name")
_FORGET_OPT_OUT = Statement("DELETE FROM mass_opt_outs WHERE member_id = :member")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    sends: list[Record] = [
        {
            "by": owner,
            "status": status,
            "drafted_at": instant(drafted).isoformat(),
            "sent_at": None if sent is None else instant(sent).isoformat(),
            "text": matter_json.validate_json(str(body)).text,
        }
        for owner, status, drafted, sent, body in uow.run(_SENDS, member=member)
    ]
    opted: list[Record] = [
        {"wants_no_mass_sends_since": instant(at).isoformat()}
        for (at,) in uow.run(_OPTED_OUT, member=member)
    ]
    return [*sends, *opted]


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    for name in names_of(uow, member):
        uow.run(_FORGET, name=name)
    uow.run(_FORGET_OPT_OUT, member=member)


personal = (
    PersonalData(
        title="群发",
        purpose="同事群发给你的内容；同样的不发两遍，不超过平台的次数。不想收就发“退订群发”",
        kept="直到你删除数据",
        tables=("mass_targets", "mass_opt_outs"),
        export=_export,
        erase=_erase,
        movers=(by_key("mass_opt_outs", (), ("at",), lambda was, _gone: was),),
    ),
)
