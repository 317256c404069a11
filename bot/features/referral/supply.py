"""The terms as they stand in the files now."""

from bot.commons.content import Shelf
from bot.commons.coupons import Kinds
from bot.features.referral.granting import Terms, terms_of
from bot.features.referral.rules import ReferralTerms
from bot.kernel.work import Toolbox, UnitOfWork


def at_hand(uow: UnitOfWork, tools: Toolbox) -> Terms:
    """Return the terms of the files that were looked at last."""
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    return terms_of(tools, library.table(Kinds), library.table(ReferralTerms))
