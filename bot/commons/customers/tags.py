"""The company's tags on customers, as last listed."""

from collections.abc import Sequence

from bot.kernel.customers import Tag, TagGroup
from bot.kernel.work import Statement, UnitOfWork

_FORGET_TAGS = Statement("DELETE FROM corp_tags")
_TAG = Statement(
    "INSERT INTO corp_tags (tag_id, name, group_name, place) VALUES (:id, :name, :group, :place)"
    " ON CONFLICT (tag_id) DO NOTHING"
)
_TAGS = Statement("SELECT group_name, name, tag_id FROM corp_tags ORDER BY place")


def keep_tags(uow: UnitOfWork, tag_groups: Sequence[TagGroup]) -> None:
    """Keep the list of tags as the platform has it now."""
    uow.run(_FORGET_TAGS)
    place = 0
    for group in tag_groups:
        for tag in group.tags:
            place += 1
            uow.run(_TAG, id=tag.id, name=tag.name, group=group.name, place=place)


def tags(uow: UnitOfWork) -> Sequence[TagGroup]:
    """Return the tags as they were last listed."""
    found: dict[str, list[Tag]] = {}
    for group, name, number in uow.run(_TAGS):
        found.setdefault(str(group), []).append(Tag(str(number), str(name)))
    return [TagGroup("", group, ours) for group, ours in found.items()]
