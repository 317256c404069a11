"""Groups that are for some members only: who is in one and no longer belongs there.

Nobody is removed by the bot; the group's owner is told, and decides.
"""

from collections.abc import Mapping, Sequence

from bot.commons import audience, members
from bot.commons.notices import Notices
from bot.features.mall.rules import MallSettings
from bot.kernel.community import Community
from bot.kernel.events import Event, TierChanged
from bot.kernel.feature import Listener
from bot.kernel.ids import GroupId
from bot.kernel.ports import Groups, Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 5000


def strangers(uow: UnitOfWork, tools: Toolbox) -> Sequence[Mapping[str, object]]:
    """Return the clubs, each with whoever is in the group and does not belong there."""
    clubs = tools.use(MallSettings).clubs.items()
    return [_club(uow, tools, group, words) for group, words in clubs]


def _club(
    uow: UnitOfWork, tools: Toolbox, group: str, words: Sequence[str]
) -> Mapping[str, object]:
    groups, zone = tools.use(Groups), tools.use(Community).zone
    present = audience.members_of(uow, [f"group:{group}"], groups, most=_MOST)
    found = []
    for member in present:
        if audience.includes(uow, words, member, groups):
            continue
        history = members.tier_history(uow, member, most=1)
        found.append(
            {
                "member": member,
                "name": members.display_name(uow, member) or "",
                "before": history[0].before if history else "",
                "tier": history[0].tier if history else "",
                "at": history[0].at.astimezone(zone) if history else None,
            }
        )
    known = groups.by_id.get(GroupId(group))
    name, owner = (known.name, known.owner) if known else (group, "")
    return {"name": name, "owner": owner, "words": words, "people": found, "count": len(present)}


def notice_drop(uow: UnitOfWork, event: TierChanged, tools: Toolbox) -> None:
    """Tell the owner that a member of a club no longer belongs there; nothing else happens."""
    groups = tools.use(Groups)
    for group, words in tools.use(MallSettings).clubs.items():
        was_in = f"tier:{event.before}" in words and bool(event.before)
        if not was_in or audience.includes(uow, words, event.member, groups):
            continue
        if audience.includes(uow, [f"group:{group}"], event.member, groups):
            known = groups.by_id.get(GroupId(group))
            said = {"event": event, "group": known.name if known else group}
            text = tools.use(Words)("mall/notice_drop.txt.j2", **said)
            key = f"mall.club:{group}:{event.member}:{uow.clock.now().date()}:{event.tier}"
            tools.use(Notices).tell(uow, key=key, text=text)


listeners: Mapping[type[Event], Sequence[Listener]] = {TierChanged: (notice_drop,)}
