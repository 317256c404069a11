"""Members as a table: the columns of the import, and what else is known."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.commons import members, orders, profiles
from bot.commons.importing.members import COLUMNS
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

MEMBER_COLUMNS = (*COLUMNS, "tier", "lifecycle")
NEW_CUSTOMER, NEW_DAYS = "新客", timedelta(days=90)

_JOINED = Statement("SELECT joined_at FROM members WHERE id = :member")


def member_rows(
    uow: UnitOfWork, who: Sequence[MemberId], zone: ZoneInfo
) -> Iterator[Mapping[str, str]]:
    """Yield a row for each member."""
    today = uow.clock.now().astimezone(zone).date()
    for member in who:
        profile = profiles.profile_of(uow, member)
        joined = uow.run(_JOINED, member=member)
        if not joined:
            continue
        yield {
            "member": _ref(uow, member, profile),
            "name": members.display_name(uow, member) or "",
            "birthday": profile.birthday.isoformat() if profile.birthday else "",
            "lunar_birthday": profile.lunar_birthday,
            "joined_at": instant(joined[0][0]).astimezone(zone).isoformat(),
            "styles": "|".join(profile.styles),
            "scenes": "|".join(profile.scenes),
            "home_store": profile.home_store,
            "tags": "|".join(members.tags_of(uow, member)),
            "phone": profile.phone,
            "unionid": profile.unionid,
            "tier": members.tier_of(uow, member),
            "lifecycle": _lifecycle(uow, member, zone, today),
        }


def _ref(uow: UnitOfWork, member: MemberId, profile: profiles.Profile) -> str:
    """Return what finds her again in an import."""
    for one in members.identities_of(uow, member):
        if one.channel in profiles.CHANNELS:
            return f"{one.channel}:{one.identity}"
    if profile.phone:
        return f"{profiles.PHONE}:{profile.phone}"
    return f"{profiles.UNIONID}:{profile.unionid}" if profile.unionid else ""


def _lifecycle(uow: UnitOfWork, member: MemberId, zone: ZoneInfo, today: date) -> str:
    first = orders.first_order(uow, member)
    if first is None:
        return ""
    return NEW_CUSTOMER if today - first.paid_at.astimezone(zone).date() <= NEW_DAYS else ""
