"""What is shown of a member's badges, by chat and on her page."""

from collections.abc import Mapping

from bot.features.badges import service
from bot.features.badges.book import Book
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork


def shown(uow: UnitOfWork, rules: Book, member: MemberId) -> dict[str, object]:
    """Return her badges, and those to come with how far she is, the nearest first."""
    standings = service.standings(uow, rules, member)
    has = [each for each in service.grants_of(uow, member) if not each.is_revoked]
    to_come = [each for each in standings if each.grant is None]
    return {
        "has": [_badge(rules, each) for each in has],
        "to_come": sorted(to_come, key=lambda each: each.badge.needed - each.done),
    }


def _badge(rules: Book, grant: service.Grant) -> Mapping[str, object]:
    badge = rules.badges.of(grant.code)
    return {
        "grant": grant,
        "emoji": badge.emoji if badge else "🏅",
        "title": badge.title if badge else grant.title,
        "words": badge.words if badge else "",
    }
