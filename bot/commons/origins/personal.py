"""How the links and codes by which a member came leave with her, or move."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, by_key
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_OF_MEMBER = Statement(
    "SELECT channel, account, scene, param, followed, times, first_at, last_at FROM origins"
    " WHERE member_id = :member ORDER BY id"
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {
            "channel": channel,
            "account": account,
            "scene": scene,
            "param": param,
            "followed_by_it": bool(followed),
            "times": times,
            "first_at": instant(first).isoformat(),
            "last_at": instant(last).isoformat(),
        }
        for channel, account, scene, param, followed, times, first, last in uow.run(
            _OF_MEMBER, member=member
        )
    ]


def _both(was: Fields, gone: Fields) -> Fields:
    """Return the origin of one person that was kept as of two."""
    return {
        **was,
        "followed": max(was["followed"], gone["followed"]),
        "times": was["times"] + gone["times"],
        "first_at": min(was["first_at"], gone["first_at"]),
        "last_at": max(was["last_at"], gone["last_at"]),
    }


personal = (
    PersonalData(
        title="来路",
        purpose="知道你从哪张海报、哪个链接或二维码来，按场合欢迎你、推荐合适的群",
        kept="直到你删除数据",
        tables=("origins",),
        export=_export,
        erase=run_all("DELETE FROM origins WHERE member_id = :member"),
        movers=(
            by_key(
                "origins",
                ("channel", "account", "scene", "param"),
                ("followed", "times", "first_at", "last_at"),
                _both,
            ),
        ),
    ),
)
