"""How goods come from files, and follow them."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commons import audit, claims
from bot.commons.claims import GoodsView, OnShelf
from bot.commons.content import ContentFile
from bot.features.mall.matter import GoodsMatter
from bot.kernel.clock import with_zone
from bot.kernel.errors import Refusal
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_TERMS = (
    *("coupon", "points", "per_member", "reserve_hours", "flash", "audience", "early"),
    *("early_hours", "opens_at"),
)
"""What was said to those who claimed: it stands still from the first claim on."""
_FREE = ("revision", "title", "words", "picture", "closes_at")
_KNOWN = Statement("SELECT path, revision, id, state FROM mall_goods")
_ADD = Statement(
    "INSERT INTO mall_goods (path, revision, title, words, picture, coupon, points, stock, taken,"
    " per_member, reserve_hours, flash, opens_at, closes_at, audience, early, early_hours, invite,"
    " early_at, early_next, told_next, state, made_at) VALUES (:path, :revision, :title, :words,"
    " :picture, :coupon, :points, :stock, 0, :per_member, :reserve_hours, :flash, :opens_at,"
    " :closes_at, :audience, :early, :early_hours, :invite, :early_at, 0, 0, 'open', :now)"
    " ON CONFLICT (path) DO NOTHING"
)
_BACK_ON = "state = CASE WHEN state = 'withdrawn' THEN 'open' ELSE state END"
_CHANGE = Statement(
    f"UPDATE mall_goods SET {', '.join(f'{name} = :{name}' for name in (*_FREE, *_TERMS))},"
    f" invite = :invite, early_at = :early_at, stock = :stock, {_BACK_ON}"
    " WHERE id = :id AND taken = 0"
    " AND NOT EXISTS (SELECT 1 FROM mall_claims WHERE goods_id = :id) RETURNING id"
)
_ADJUST = Statement(
    f"UPDATE mall_goods SET {', '.join(f'{name} = :{name}' for name in _FREE)},"
    f" stock = CASE WHEN :stock < taken THEN taken ELSE :stock END, {_BACK_ON} WHERE id = :id"
)
_WITHDRAW = Statement(
    "UPDATE mall_goods SET state = 'withdrawn' WHERE id = :id AND state <> 'withdrawn' RETURNING id"
)
_MOVE = Statement(
    "UPDATE mall_goods SET state = :state WHERE id = :id AND state = :before RETURNING title"
)


class NotThere(Refusal):
    """The goods are not as the page showed them."""

    template = "mall/not_there.txt.j2"


def bring_in(
    uow: UnitOfWork,
    files: Iterable[tuple[ContentFile, GoodsMatter]],
    zone: ZoneInfo,
    *,
    broken: Collection[str] = (),
) -> list[ContentFile]:
    """Let goods be what their files say; return the files that could not be followed wholly.

    From the first claim on, price, terms and opening stand still; words, end and stock follow,
    the stock never below what is claimed. Without a file nothing is claimed any more; what was
    claimed stays so.
    """
    known = {str(path): row for path, *row in uow.run(_KNOWN)}
    frozen = []
    for file, matter in files:
        row = known.pop(file.path, None)
        if row is None:
            fields = _fields(file, matter, uow.clock.now(), zone)
            uow.run(_ADD, path=file.path, now=micros(uow.clock.now()), **fields)
        elif row[0] != file.revision or row[2] == OnShelf.WITHDRAWN:
            frozen += _follow(uow, integer(row[1]), file, matter, zone)
    for path, row in known.items():
        if path not in broken and uow.run(_WITHDRAW, id=row[1]):
            audit.record(uow, "bot", "mall.withdrawn", f"the file of goods {row[1]} is gone")
    return frozen


def _follow(
    uow: UnitOfWork, number: int, file: ContentFile, matter: GoodsMatter, zone: ZoneInfo
) -> list[ContentFile]:
    goods = claims.one(uow, number)
    if goods is None:
        return []
    fields = _fields(file, matter, goods.made_at, zone)
    if uow.run(_CHANGE, id=number, **fields):
        return []
    uow.run(_ADJUST, id=number, stock=fields["stock"], **{name: fields[name] for name in _FREE})
    audit.record(uow, "bot", "mall.changed", f"goods {number}, revision {file.revision}")
    same = _terms_of(goods) == [fields[name] for name in _TERMS]
    return [] if same and integer(fields["stock"]) >= goods.taken else [file]


def _terms_of(goods: GoodsView) -> list[object]:
    return [
        *(goods.coupon, goods.points, goods.per_member, goods.reserve_hours, int(goods.is_flash)),
        *(_list(goods.audience), _list(goods.early), goods.early_hours, micros(goods.opens_at)),
    ]


def _fields(
    file: ContentFile, matter: GoodsMatter, since: datetime, zone: ZoneInfo
) -> dict[str, object]:
    """Return the columns that a file decides; `since` is when it was first read."""
    opens_at = _instant(matter.opens_at, zone) or since
    closes_at = _instant(matter.closes_at, zone)
    early_at = max(opens_at - timedelta(hours=matter.early_hours), since) if matter.early else None
    return {
        "revision": file.revision,
        "title": file.title,
        "words": file.body,
        "picture": file.media[0] if file.media else "",
        "coupon": matter.coupon or "",
        "points": matter.points,
        "stock": matter.stock,
        "per_member": matter.per_member,
        "reserve_hours": matter.reserve_hours,
        "flash": int(matter.flash),
        "opens_at": micros(opens_at),
        "closes_at": None if closes_at is None else micros(closes_at),
        "audience": _list(matter.audience),
        "early": _list(matter.early),
        "early_hours": matter.early_hours,
        "invite": int(matter.invite),
        "early_at": None if early_at is None else micros(early_at),
    }


def _list(words: Sequence[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)


def _instant(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if at is None else with_zone(at, zone)


def stop(uow: UnitOfWork, number: int, *, who: str, why: str) -> str:
    """Take goods from the shelf; what was claimed stays claimed. Return their title.

    Raises:
        NotThere: they are not on it.
    """
    return _move(uow, number, OnShelf.OPEN, OnShelf.STOPPED, who=who, why=why)


def resume(uow: UnitOfWork, number: int, *, who: str) -> str:
    """Put goods that were stopped on the shelf again; return their title.

    Raises:
        NotThere: they were not stopped.
    """
    return _move(uow, number, OnShelf.STOPPED, OnShelf.OPEN, who=who, why="again")


def _move(
    uow: UnitOfWork, number: int, before: OnShelf, state: OnShelf, *, who: str, why: str
) -> str:
    rows = uow.run(_MOVE, id=number, before=before, state=state)
    if not rows:
        raise NotThere(f"goods {number}")
    audit.record(uow, who, f"mall.{state}", f"goods {number}: {why}")
    return str(rows[0][0])
