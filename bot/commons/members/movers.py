"""How a member's own rows go over when she turns out to be another member, and back."""

from typing import Any

from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover, by_id
from bot.kernel.work import Statement, UnitOfWork

_COLUMNS = ("display_name", "created_at", "joined_at", "apart_since")
_READ = Statement(f"SELECT {', '.join(_COLUMNS)} FROM members WHERE id = :member")
_WRITE = Statement(
    "UPDATE members SET display_name = :display_name, created_at = :created_at,"
    " joined_at = :joined_at, apart_since = :apart_since WHERE id = :member"
)
_DELETE = Statement("DELETE FROM members WHERE id = :member")
_ADD = Statement(
    "INSERT INTO members (id, display_name, created_at, joined_at, apart_since)"
    " VALUES (:member, :display_name, :created_at, :joined_at, :apart_since)"
)


def _member(uow: UnitOfWork, member: MemberId) -> dict[str, Any]:
    return dict(zip(_COLUMNS, uow.run(_READ, member=member)[0], strict=True))


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    gone, was = _member(uow, goes), _member(uow, stays)
    now = {
        "display_name": was["display_name"] or gone["display_name"],
        "created_at": min(was["created_at"], gone["created_at"]),
        "joined_at": min(was["joined_at"], gone["joined_at"]),
        "apart_since": was["apart_since"] or gone["apart_since"],
    }
    uow.run(_WRITE, member=stays, **now)
    uow.run(_DELETE, member=goes)
    return [gone, was, now]


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    gone, was, now = moved
    current = _member(uow, stays)
    kept = {name: was[name] if current[name] == now[name] else current[name] for name in _COLUMNS}
    uow.run(_WRITE, member=stays, **kept)
    uow.run(_ADD, member=goes, **gone)


movers = (by_id("identities"), Mover(("members",), _move, _back))
