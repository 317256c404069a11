"""What a member reads of her code and her friends, the same by chat and on the page."""

from collections.abc import Mapping
from datetime import datetime

from bot.features.referral import reads, service, supply
from bot.features.referral.granting import Terms
from bot.features.referral.rules import ReferralSettings, State, Why
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.ports import Links
from bot.kernel.work import Toolbox, UnitOfWork

WELCOME = "referral/welcome"


def standing(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> dict[str, object]:
    """Return what a member is told of her code, if she has one, its terms and her friends."""
    terms = supply.at_hand(uow, tools)
    counts = reads.counts(uow, member)
    code = service.known_code(uow, member) if terms.terms else ""
    return {
        "code": code,
        "address": address(tools, code),
        "waiting": counts[State.WAITING],
        "earned": counts[State.EARNED],
        "granted": counts[State.GRANTED],
        "has_referrer": reads.of_friend(uow, member) is not None,
        **said(terms),
    }


def code_for(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> str:
    """Return a member's code, a new one if she had none; empty where nothing is on."""
    return service.code_of(uow, member) if supply.at_hand(uow, tools).terms else ""


def said(terms: Terms) -> dict[str, object]:
    """Return the terms in words that templates use; `is_on` is False where nothing is on."""
    file = terms.terms
    if file is None:
        nothing = {"friend": "", "referrer": "", "minimum": 0, "tiers": [], "words": ""}
        return {"is_on": False, **nothing, **_times(terms)}
    return {
        "is_on": True,
        "friend": _title(terms, file.friend_coupon),
        "referrer": _title(terms, file.referrer_coupon),
        "minimum": file.minimum_yuan,
        "tiers": [(one.count, _title(terms, one.coupon)) for one in file.tier],
        "words": file.words,
        **_times(terms),
    }


def _times(terms: Terms) -> Mapping[str, object]:
    settings = terms.settings
    return {"return_days": settings.return_days, "after_return": settings.after_return}


def _title(terms: Terms, name: str) -> str:
    kind = terms.kind(name)
    return kind.title if kind else ""


def address(tools: Toolbox, code: str) -> str:
    """Return the link that a friend opens."""
    return f"{tools.use(Links).for_group(WELCOME)}?code={code}" if code else ""


def bind(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, code: str, at: datetime, *, in_group: bool
) -> Reply:
    """Take a code, or say why not."""
    terms = supply.at_hand(uow, tools)
    if terms.terms is None:
        return Reply("referral/refused.txt.j2", {"why": Why.OFF, "in_group": in_group})
    bound = service.bind(uow, member, code, at, tools.use(ReferralSettings))
    if bound.why is not None:
        return Reply("referral/refused.txt.j2", {"why": bound.why, "in_group": in_group})
    words = {"is_new": bound.is_new, "in_group": in_group, **said(terms)}
    return Reply("referral/bound.txt.j2", words)
