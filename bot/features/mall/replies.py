"""What goods, claims and coupons look like to a member, the same in the chat and on the page."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.commons import claims, coupons, members, points
from bot.commons.claims import ClaimView, Counter, GoodsView, Taken
from bot.commons.content import Shelf
from bot.commons.coupons import Kinds
from bot.features.mall.rules import MallSettings
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Toolbox, UnitOfWork

_INSTANT = timedelta(microseconds=1)


def counter_of(uow: UnitOfWork, tools: Toolbox) -> Counter:
    """Return what the house knows that a claim depends on."""
    table = tools.use(Shelf).at_hand(uow.clock.now()).library.table(Kinds)
    kinds = {kind.name: kind for kind in table.coupon} if table else {}
    return Counter(tools.use(Groups), kinds, tools.use(Community).zone)


def shown(uow: UnitOfWork, tools: Toolbox, goods: GoodsView, member: MemberId) -> dict[str, object]:
    """Return what a template says of goods to one member."""
    zone, now = tools.use(Community).zone, uow.clock.now()
    early = claims.is_early(uow, goods, member, tools.use(Groups))
    opens = goods.opens_for(early=early)
    claim = claims.hers(uow, member, goods.id)
    return {
        "goods": goods,
        "opens_at": opens.astimezone(zone) if opens > now else None,
        "closes_at": goods.closes_at.astimezone(zone) if goods.closes_at else None,
        "is_early": early and goods.open_for_others > now,
        "claim": claim_words(tools, claim) if claim else None,
    }


def shelf(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> list[dict[str, object]]:
    """Return all goods that a member may see."""
    found = claims.visible(uow, member, tools.use(Groups))
    return [shown(uow, tools, goods, member) for goods in found]


def claim_words(tools: Toolbox, claim: ClaimView) -> Mapping[str, object]:
    """Return a claim with its times by local clocks."""
    zone = tools.use(Community).zone
    until = claim.until.astimezone(zone) if claim.until else None
    return {"claim": claim, "at": claim.at.astimezone(zone), "until": until}


def fetched(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> list[Mapping[str, object]]:
    """Return a member's claims on what is handed over, those that wait for her first."""
    found = claims.of_member(uow, member)
    return [claim_words(tools, one) for one in found if not one.coupon]


def coupon_words(tools: Toolbox, coupon: coupons.Coupon) -> Mapping[str, object]:
    """Return a coupon with its last day by local clocks."""
    zone = tools.use(Community).zone
    last = (coupon.valid_until - _INSTANT).astimezone(zone).date()
    closed = coupon.closed_at.astimezone(zone) if coupon.closed_at else None
    return {"coupon": coupon, "ends": last, "closed": closed}


def benefits(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> dict[str, object]:
    """Return what a member has: tier, points, coupons by how they stand, what waits for her."""
    has = [coupon_words(tools, one) for one in coupons.of_member(uow, member)]
    by_state: dict[str, Sequence[Mapping[str, object]]] = {
        state.name.lower(): [each for each in has if _state(each) is state]
        for state in coupons.State
    }
    waiting = [each for each in fetched(uow, tools, member) if _is_live(each)]
    return {
        "tier": members.tier_of(uow, member),
        "standing": points.standing(uow, member),
        **by_state,
        "waiting": waiting,
        "shelf": shelf(uow, tools, member),
    }


def _state(each: Mapping[str, object]) -> coupons.State:
    coupon = each["coupon"]
    assert isinstance(coupon, coupons.Coupon)  # noqa: S101 - see coupon_words
    return coupon.state


def _is_live(each: Mapping[str, object]) -> bool:
    claim = each["claim"]
    return isinstance(claim, ClaimView) and claim.state.is_live


def taken_words(tools: Toolbox, taken: Taken, about: Mapping[str, object]) -> dict[str, object]:
    """Return what the answer to a claim says."""
    coupon = coupon_words(tools, taken.coupon) if taken.coupon else None
    words = {**about, **claim_words(tools, taken.claim), "goods": taken.goods}
    settings = tools.use(MallSettings)
    return {**words, "balance": taken.balance, "coupon": coupon, "settings": settings}
