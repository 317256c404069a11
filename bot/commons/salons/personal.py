"""How what is kept of a member's salons leaves with her, and goes over to another member."""

from collections.abc import Sequence
from typing import Any

from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, Mover, by_key, earlier
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_SIGNUPS = Statement(
    "SELECT s.title, s.starts_at, u.heads, u.state, u.at, u.code, u.tier, u.came_at, u.stars,"
    " u.said FROM salon_signups u JOIN salons s ON s.id = u.salon_id WHERE u.member_id = :member"
    " ORDER BY s.starts_at, s.id"
)
_INVITED = Statement(
    "SELECT s.title, i.tier, i.at FROM salon_invitees i JOIN salons s ON s.id = i.salon_id"
    " WHERE i.member_id = :member ORDER BY i.at, s.id"
)
_HOSTED = Statement(
    "SELECT s.title, h.consent, h.answered_at FROM salon_hosts h JOIN salons s ON s.id = h.salon_id"
    " WHERE h.member_id = :member ORDER BY s.id"
)
# Her place may have been given to the next in line meanwhile.
_NO_ROOM = Statement(
    "UPDATE salon_signups SET state = 'waiting', in_at = NULL"
    " WHERE member_id = :member AND state = 'in' AND (SELECT SUM(u.heads) FROM salon_signups u"
    " WHERE u.salon_id = salon_signups.salon_id AND u.state = 'in') >"
    " (SELECT s.capacity FROM salons s WHERE s.id = salon_signups.salon_id AND s.state = 'open')"
)
_ORDER = ("in", "door", "waiting", "out")


def _when(value: object) -> str | None:
    return None if value is None else instant(value).isoformat()


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        *(
            {
                "salon": title,
                "starts_at": _when(starts),
                "heads": heads,
                "state": state,
                "signed_up_at": _when(at),
                "code": code,
                "tier": tier,
                "came_at": _when(came),
                "stars": stars,
                "said": said,
            }
            for title, starts, heads, state, at, code, tier, came, stars, said in uow.run(
                _SIGNUPS, member=member
            )
        ),
        *(
            {"invited_to": title, "tier": tier, "at": _when(at)}
            for title, tier, at in uow.run(_INVITED, member=member)
        ),
        *(
            {"asked_to_host": title, "consent": consent, "answered_at": _when(at)}
            for title, consent, at in uow.run(_HOSTED, member=member)
        ),
    ]


def _better(hers: Fields, gone: Fields) -> Fields:
    """Return one place of two: the better one; of equal ones that which was asked for first.

    What only the other had, she keeps: having come, and what she said.
    """
    first, second = sorted((hers, gone), key=lambda row: (_ORDER.index(row["state"]), row["at"]))
    came = first if first["came_at"] is not None else second
    rated = first if first["stars"] is not None else second
    # her own code stays where it is: two rows never have the same
    return {
        **first,
        "number": hers["number"],
        "code": hers["code"],
        "changes": max(hers["changes"], gone["changes"]) + 1,
        "came_at": came["came_at"],
        "came_by": came["came_by"],
        "stars": rated["stars"],
        "said": rated["said"],
    }


def _answered(hers: Fields, gone: Fields) -> Fields:
    """Return what was answered, if it was; else what was asked first."""
    return min(hers, gone, key=lambda row: (row["answered_at"] is None, row["asked_at"]))


_places = by_key(
    "salon_signups",
    ["salon_id"],
    [
        *("number", "heads", "state", "at", "in_at", "changes", "code", "tier"),
        *("tell", "came_at", "came_by", "stars", "said"),
    ],
    _better,
)


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    """Bring her places back; where there is none any more she stands in the line."""
    _places.back(uow, goes, stays, moved)
    uow.run(_NO_ROOM, member=goes)


personal = (
    PersonalData(
        title="活动",
        purpose="记下你报了哪些活动、邀请过你什么、你来没来、觉得怎么样",
        kept="直到你删除数据；已经结束的活动只留下人数",
        tables=("salon_signups", "salon_invitees", "salon_hosts"),
        export=_export,
        erase=run_all(
            "DELETE FROM salon_signups WHERE member_id = :member",
            "DELETE FROM salon_invitees WHERE member_id = :member",
            "DELETE FROM salon_hosts WHERE member_id = :member",
        ),
        movers=(
            Mover(_places.tables, _places.move, _back),
            by_key("salon_invitees", ["salon_id"], ["tier", "at"], earlier("at")),
            by_key("salon_hosts", ["salon_id"], ["consent", "asked_at", "answered_at"], _answered),
        ),
    ),
)
