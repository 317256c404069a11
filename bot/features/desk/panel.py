"""What stands beside a conversation about its member."""

from collections.abc import Mapping

from bot.commons import cases, members, orders, outreach, products, salutations, views
from bot.kernel.work import UnitOfWork

_ORDERS_SHOWN, _OTHER_CASES_SHOWN, _VIEWS_SHOWN = 5, 10, 3


def about(uow: UnitOfWork, case: cases.Case) -> Mapping[str, object]:
    """Return what is known of the member of a case."""
    member = case.member
    history = members.tier_history(uow, member, most=1)
    bought = sorted(orders.orders_of(uow, member), key=lambda one: one.paid_at, reverse=True)
    return {
        "called": salutations.salutation_of(uow, member),
        "names": [one.channel for one in members.identities_of(uow, member)],
        "joined_at": members.joined_at(uow, member),
        "tags": members.tags_of(uow, member),
        "tier_why": history[0].reason if history else "",
        "orders": bought[:_ORDERS_SHOWN],
        "views": [_view(uow, one) for one in views.latest(uow, member, most=_VIEWS_SHOWN)],
        "more_orders": max(0, len(bought) - _ORDERS_SHOWN),
        "hushes": [one.value for one in outreach.hushes_of(uow, member)],
        "cases": [
            one
            for one in cases.of_member(uow, member, most=_OTHER_CASES_SHOWN + 1)
            if one.id != case.id
        ],
    }


def _view(uow: UnitOfWork, seen: views.View) -> Mapping[str, object]:
    """Return a product that she looked at, with what the feed says of it, and since when."""
    told = products.find(uow, seen.sku)
    return {
        "name": told[0].name if told else seen.sku,
        "at": seen.at,
        "stock": told[0].stock if told else None,
        "told_at": told[1] if told else None,
    }
