"""Who is meant by words such as `tier:时光挚友`, `tag:通勤`, `group:vip-1`, `member:phone:…`.

A list of words means whoever any of them means; an empty one means nobody.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.commons import members, profiles
from bot.commons.audience.words import EVERYBODY, sort_out
from bot.kernel.ids import ChannelName, GroupId, MemberId
from bot.kernel.ports import Group, Groups
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_SPOKE = Statement(
    "INSERT INTO group_speakers (channel, chat, member_id, at)"
    " VALUES (:channel, :chat, :member, :at)"
    " ON CONFLICT (channel, chat, member_id) DO NOTHING"
)
# The platform lists a customer group by names that 微信客服 gives customers too.
IN_GROUP = (
    "SELECT s.member_id AS id FROM group_speakers s WHERE s.channel = :channel AND s.chat = :chat"
    " UNION SELECT i.member_id FROM group_members g JOIN identities i ON i.identity = g.identity"
    " AND i.channel IN ('kefu', 'customer_groups', 'wecom_app')"
    " WHERE :channel = 'customer_groups' AND g.chat_id = :chat AND g.left_at IS NULL"
)
"""Selects the `id` of everybody in the group `:chat` of `:channel`, to be joined with."""
_OF_GROUP = Statement(
    f"SELECT id FROM ({IN_GROUP}) AS present WHERE id > :after ORDER BY id LIMIT :most"
)
_IS_IN_GROUP = Statement(f"SELECT 1 FROM ({IN_GROUP}) AS present WHERE id = :member LIMIT 1")


def spoke(uow: UnitOfWork, channel: ChannelName, chat: str, member: MemberId, at: datetime) -> None:
    """Note that a member has spoken in a group: where no platform lists people, she is in it."""
    uow.run(_SPOKE, channel=channel, chat=chat, member=member, at=micros(at))


def includes(uow: UnitOfWork, words: Sequence[str], member: MemberId, groups: Groups) -> bool:
    """Return True when a member is meant by any of `words`.

    Args:
        uow: the unit of work.
        words: as they stand in a file that was checked.
        member: who may be meant.
        groups: the configured groups, from the toolbox.
    """
    asked = sort_out(words)
    if EVERYBODY in asked:
        return members.exists(uow, member)
    if (tiers := asked.get("tier")) and members.tier_of(uow, member) in tiers:
        return True
    if (tags := asked.get("tag")) and not set(tags).isdisjoint(members.tags_of(uow, member)):
        return True
    if any(_is_in(uow, group, member) for group in _groups(asked, groups)):
        return True
    return any(_named(uow, name) == member for name in asked.get("member", ()))


def members_of(
    uow: UnitOfWork, words: Sequence[str], groups: Groups, *, after: int = 0, most: int = 500
) -> Sequence[MemberId]:
    """Return whom any of `words` means, each once, by number: a bite of those behind `after`.

    Ask again with the last of them as `after`, until nobody comes.
    """
    asked = sort_out(words)
    if EVERYBODY in asked:
        return members.all_members(uow, after=after, most=most)
    found: set[MemberId] = set()
    for kind, ask in _ASK.items():
        for name in asked.get(kind, ()):
            found.update(ask(uow, name, after=after, most=most))
    for group in _groups(asked, groups):
        values = {"channel": group.channel, "chat": group.recipient, "after": after, "most": most}
        found.update(MemberId(integer(row[0])) for row in uow.run(_OF_GROUP, **values))
    named = (_named(uow, name) for name in asked.get("member", ()))
    found.update(one for one in named if one is not None and one > after)
    return sorted(found)[:most]


_ASK: dict[str, Callable[..., Sequence[MemberId]]] = {
    "tier": members.members_with_tier,
    "tag": members.members_with_tag,
}


def _groups(asked: dict[str, list[str]], groups: Groups) -> list[Group]:
    found = (groups.by_id.get(GroupId(name)) for name in asked.get("group", ()))
    return [group for group in found if group is not None]


def _is_in(uow: UnitOfWork, group: Group, member: MemberId) -> bool:
    values = {"channel": group.channel, "chat": group.recipient, "member": member}
    return bool(uow.run(_IS_IN_GROUP, **values))


def _named(uow: UnitOfWork, name: str) -> MemberId | None:
    try:
        return profiles.find_ref(uow, profiles.read_ref(name))
    except (profiles.BadRef, profiles.Shared):
        return None
