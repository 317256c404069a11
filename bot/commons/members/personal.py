"""What is kept about a member herself, and how it is forgotten."""

from collections.abc import Sequence

from bot.commons.members.movers import movers
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_MEMBER = Statement("SELECT display_name, created_at, joined_at FROM members WHERE id = :member")
_IDENTITIES = Statement(
    "SELECT channel, identity, display_name, created_at FROM identities"
    " WHERE member_id = :member ORDER BY id"
)
_KEYS = Statement(
    "SELECT k.kind, k.value, k.source, k.at, i.channel FROM person_keys k"
    " JOIN identities i ON i.id = k.identity_id WHERE i.member_id = :member ORDER BY k.id"
)
_MERGES = Statement(
    "SELECT how, who, at, undone_at FROM merges WHERE into_member = :member ORDER BY id"
)
# Whoever went into her is she, too: of them nothing but these records is left.
_SHE = (
    "WITH RECURSIVE she(id) AS (SELECT id FROM members WHERE id = :member UNION"
    " SELECT from_member FROM merges JOIN she ON into_member = she.id WHERE undone_at IS NULL)"
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    about: list[Record] = [
        {
            "display_name": name,
            "created_at": instant(created_at).isoformat(),
            "joined_at": instant(joined_at).isoformat(),
        }
        for name, created_at, joined_at in uow.run(_MEMBER, member=member)
    ]
    about += [
        {
            "channel": channel,
            "identity": identity,
            "display_name": name,
            "created_at": instant(created_at).isoformat(),
        }
        for channel, identity, name, created_at in uow.run(_IDENTITIES, member=member)
    ]
    about += [
        {
            "known_by": kind,
            "value": value,
            "source": source,
            "at": instant(at).isoformat(),
            "channel": channel,
        }
        for kind, value, source, at, channel in uow.run(_KEYS, member=member)
    ]
    about += [
        {
            "joined_by": how,
            "who": who,
            "at": instant(at).isoformat(),
            "undone_at": None if undone_at is None else instant(undone_at).isoformat(),
        }
        for how, who, at, undone_at in uow.run(_MERGES, member=member)
    ]
    return about


personal = (
    PersonalData(
        title="账号",
        purpose="认出你、叫对你的名字，知道你在几个渠道里是同一个人",
        kept="直到你删除数据",
        tables=("members", "identities", "person_keys", "merges"),
        export=_export,
        erase=run_all(
            f"{_SHE} DELETE FROM merges WHERE into_member IN (SELECT id FROM she)"
            " OR from_member IN (SELECT id FROM she)",
            "DELETE FROM person_keys WHERE identity_id IN"
            " (SELECT id FROM identities WHERE member_id = :member)",
            "DELETE FROM identities WHERE member_id = :member",
            "DELETE FROM members WHERE id = :member",
        ),
        movers=movers,
    ),
)
