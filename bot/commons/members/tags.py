"""Tags (标签) of members: free words that operators and imports give."""

from collections.abc import Sequence

from bot.commons import audit
from bot.commons.members.service import exists
from bot.commons.members.tiers import NoSuchMember
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

TAG_CHARS = 30

_ADD = Statement(
    "INSERT INTO member_tags (member_id, tag, who, at) VALUES (:member, :tag, :who, :now)"
    " ON CONFLICT (member_id, tag) DO NOTHING RETURNING id"
)
_DROP = Statement("DELETE FROM member_tags WHERE member_id = :member AND tag = :tag RETURNING tag")
_OF = Statement("SELECT tag FROM member_tags WHERE member_id = :member ORDER BY tag")
_WITH = Statement(
    "SELECT member_id FROM member_tags WHERE tag = :tag AND member_id > :after"
    " ORDER BY member_id LIMIT :most"
)
_ALL = Statement(
    "SELECT tag, COUNT(*) FROM member_tags GROUP BY tag ORDER BY COUNT(*) DESC, tag LIMIT :most"
)


class BadTag(Refusal):
    """A tag that cannot be: empty, too long, or with a sign that lists are parted by."""

    template = "people/bad_tag.txt.j2"


def tidy_tag(written: str) -> str:
    """Return a tag as it is kept.

    Raises:
        BadTag: it is none.
    """
    tag = " ".join(written.split())
    if not tag or len(tag) > TAG_CHARS or "|" in tag or not tag.isprintable():
        raise BadTag(tag[:40], tag=tag[:40], most=TAG_CHARS)
    return tag


def tag(uow: UnitOfWork, member: MemberId, written: str, *, who: str, why: str = "") -> bool:
    """Give a member a tag; False when she has it.

    Raises:
        BadTag: it is no tag.
        NoSuchMember: nobody has this number.
    """
    word = tidy_tag(written)
    if not exists(uow, member):
        raise NoSuchMember(f"member {member}", member=member)
    added = uow.run(_ADD, member=member, tag=word, who=who, now=micros(uow.clock.now()))
    if added:
        audit.record(uow, who, "members.tagged", f"{word}: {why}" if why else word, member=member)
    return bool(added)


def untag(uow: UnitOfWork, member: MemberId, written: str, *, who: str, why: str = "") -> bool:
    """Take a tag from a member; False when she had it not."""
    word = " ".join(written.split())
    dropped = uow.run(_DROP, member=member, tag=word)
    if dropped:
        audit.record(uow, who, "members.untagged", f"{word}: {why}" if why else word, member=member)
    return bool(dropped)


def tags_of(uow: UnitOfWork, member: MemberId) -> Sequence[str]:
    """Return a member's tags, in their order."""
    return [str(row[0]) for row in uow.run(_OF, member=member)]


def members_with_tag(
    uow: UnitOfWork, word: str, *, after: int = 0, most: int = 500
) -> Sequence[MemberId]:
    """Return members who have a tag, by number; those behind `after`."""
    return [MemberId(integer(row[0])) for row in uow.run(_WITH, tag=word, after=after, most=most)]


def all_tags(uow: UnitOfWork, *, most: int = 200) -> Sequence[tuple[str, int]]:
    """Return the tags that there are and how many members have each, the commonest first."""
    return [(str(word), integer(count)) for word, count in uow.run(_ALL, most=most)]
