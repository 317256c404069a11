"""Goods and claims as the room's doors need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from bot.commons import audience
from bot.commons.claims.rules import OnShelf, Stand, opens_for_others
from bot.commons.coupons import heard, spoken
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer

_GOODS = (
    "SELECT id, path, revision, title, words, picture, coupon, points, stock, taken, per_member,"
    " reserve_hours, flash, opens_at, closes_at, audience, early, early_hours, invite, early_at,"
    " early_told_at, told_at, state, made_at FROM mall_goods"
)
_ONE = Statement(f"{_GOODS} WHERE id = :id")
_ALL = Statement(f"{_GOODS} WHERE state <> 'withdrawn' ORDER BY id DESC LIMIT :most")
_CLAIMS = (
    "SELECT c.id, c.goods_id, c.member_id, c.place, c.points, c.state, c.code, c.sent_at, c.at,"
    " c.until, c.closed_at, c.closed_by, g.title, g.coupon FROM mall_claims c"
    " JOIN mall_goods g ON g.id = c.goods_id"
)
_CLAIM = Statement(f"{_CLAIMS} WHERE c.id = :id")
_BY_CODE = Statement(f"{_CLAIMS} WHERE c.code = :code")
_OF_MEMBER = Statement(
    f"{_CLAIMS} WHERE c.member_id = :member ORDER BY"
    " CASE WHEN c.state IN ('held', 'got') THEN 0 ELSE 1 END, c.id DESC LIMIT :most"
)
_HERS = Statement(
    f"{_CLAIMS} WHERE c.member_id = :member AND c.goods_id = :goods AND c.slot IS NOT NULL"
    " ORDER BY c.id DESC LIMIT 1"
)
_OF_GOODS = Statement(f"{_CLAIMS} WHERE c.goods_id = :goods ORDER BY c.id LIMIT :most")
_WAITING = Statement(f"{_CLAIMS} WHERE c.state IN ('held', 'got') ORDER BY c.id LIMIT :most")
_HANDED = Statement(
    f"{_CLAIMS} WHERE c.state = 'done' AND g.coupon = '' AND c.closed_at >= :since"
    " ORDER BY c.closed_at DESC, c.id DESC LIMIT :most"
)
_MOST_SHOWN = 200
words_json: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])


@dataclass(frozen=True, slots=True)
class GoodsView:
    """Something that members can get; its number is what they call it by."""

    id: int
    path: str
    revision: str
    title: str
    words: str
    picture: str
    coupon: str
    points: int
    stock: int
    taken: int
    per_member: int
    reserve_hours: int
    is_flash: bool
    opens_at: datetime
    closes_at: datetime | None
    audience: tuple[str, ...]
    early: tuple[str, ...]
    early_hours: int
    invites: bool
    early_at: datetime | None
    """Since when those who come first may."""
    early_told_at: datetime | None
    told_at: datetime | None
    state: OnShelf
    made_at: datetime

    @property
    def left(self) -> int:
        """Return how many nobody has claimed."""
        return self.stock - self.taken

    @property
    def open_for_others(self) -> datetime:
        """Return when it opens for those who are not let in early."""
        return opens_for_others(self.opens_at, self.early_at, self.early_told_at, self.early_hours)

    def opens_for(self, *, early: bool) -> datetime:
        """Return when it opens, for those who come first or for the others."""
        return self.early_at if early and self.early_at else self.open_for_others


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as it stands."""

    id: int
    goods: int
    member: MemberId
    place: int
    points: int
    state: Stand
    code: str
    """In groups, as it is read aloud."""
    sent_at: datetime
    at: datetime
    until: datetime | None
    closed_at: datetime | None
    closed_by: str
    title: str
    coupon: str


def one(uow: UnitOfWork, number: int) -> GoodsView | None:
    """Return goods by their number; None when there are none."""
    rows = uow.run(_ONE, id=number)
    return _goods(rows[0]) if rows else None


def all_goods(uow: UnitOfWork, *, most: int = 50) -> list[GoodsView]:
    """Return all goods that have a file, the newest first."""
    return [_goods(row) for row in uow.run(_ALL, most=most)]


def is_for(uow: UnitOfWork, goods: GoodsView, member: MemberId, groups: Groups) -> bool:
    """Return True when a member is among those whom goods are for."""
    return not goods.audience or audience.includes(uow, goods.audience, member, groups)


def is_early(uow: UnitOfWork, goods: GoodsView, member: MemberId, groups: Groups) -> bool:
    """Return True when a member is let in before the others."""
    return bool(goods.early) and audience.includes(uow, goods.early, member, groups)


def visible(uow: UnitOfWork, member: MemberId, groups: Groups) -> list[GoodsView]:
    """Return what a member can get or will be able to, the oldest first.

    What others are let into first is nowhere to be seen before it is her turn.
    """
    now = uow.clock.now()
    found = []
    for goods in reversed(all_goods(uow)):
        over = goods.closes_at is not None and goods.closes_at <= now
        if goods.state is not OnShelf.OPEN or over or not is_for(uow, goods, member, groups):
            continue
        turn = goods.opens_for(early=is_early(uow, goods, member, groups))
        if not goods.early or turn <= now:
            found.append(goods)
    return found


def claim(uow: UnitOfWork, number: int) -> ClaimView | None:
    """Return a claim; None when there is none."""
    rows = uow.run(_CLAIM, id=number)
    return _claim(rows[0]) if rows else None


def by_code(uow: UnitOfWork, said: str) -> ClaimView | None:
    """Return the claim of a code as it was typed; None for a typo or no such code."""
    code = heard(said)
    rows = uow.run(_BY_CODE, code=code) if code else []
    return _claim(rows[0]) if rows else None


def of_member(uow: UnitOfWork, member: MemberId, *, most: int = 50) -> Sequence[ClaimView]:
    """Return a member's claims, those that wait for her first."""
    return [_claim(row) for row in uow.run(_OF_MEMBER, member=member, most=most)]


def hers(uow: UnitOfWork, member: MemberId, goods: int) -> ClaimView | None:
    """Return the last claim that a member has on goods; None when she has none."""
    rows = uow.run(_HERS, member=member, goods=goods)
    return _claim(rows[0]) if rows else None


def of_goods(uow: UnitOfWork, goods: int, *, most: int = 10_000) -> Sequence[ClaimView]:
    """Return all claims on goods, in their order."""
    return [_claim(row) for row in uow.run(_OF_GOODS, goods=goods, most=most)]


def waiting(uow: UnitOfWork, *, most: int = _MOST_SHOWN) -> Sequence[ClaimView]:
    """Return what waits to be handed over, the oldest first."""
    return [_claim(row) for row in uow.run(_WAITING, most=most)]


def handed(uow: UnitOfWork, since: int, *, most: int = _MOST_SHOWN) -> Sequence[ClaimView]:
    """Return what was handed over since an instant (in microseconds), the latest first."""
    return [_claim(row) for row in uow.run(_HANDED, since=since, most=most)]


def _maybe(value: object) -> datetime | None:
    return None if value is None else instant(value)


def _claim(row: Row) -> ClaimView:
    number, goods, member, place, points, state, code, sent, at, until, closed, by, *named = row
    return ClaimView(
        integer(number),
        integer(goods),
        MemberId(integer(member)),
        integer(place),
        integer(points),
        Stand(str(state)),
        spoken(str(code)),
        instant(sent),
        instant(at),
        _maybe(until),
        _maybe(closed),
        str(by),
        str(named[0]),
        str(named[1]),
    )


def _goods(row: Row) -> GoodsView:
    (number, path, revision, title, words, picture, coupon, points, stock, taken, each) = row[:11]
    reserve, flash, opens, closes, people, early, hours, invite = row[11:19]
    early_at, early_told, told, state, made = row[19:]
    return GoodsView(
        id=integer(number),
        path=str(path),
        revision=str(revision),
        title=str(title),
        words=str(words),
        picture=str(picture),
        coupon=str(coupon),
        points=integer(points),
        stock=integer(stock),
        taken=integer(taken),
        per_member=integer(each),
        reserve_hours=integer(reserve),
        is_flash=bool(flash),
        opens_at=instant(opens),
        closes_at=_maybe(closes),
        audience=words_json.validate_json(str(people)),
        early=words_json.validate_json(str(early)),
        early_hours=integer(hours),
        invites=bool(invite),
        early_at=_maybe(early_at),
        early_told_at=_maybe(early_told),
        told_at=_maybe(told),
        state=OnShelf(str(state)),
        made_at=instant(made),
    )
