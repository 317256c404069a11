"""Pictures that follow an answer into the chat: asked for, drawn a moment later, sent once.

Asking is one row in the transaction of whoever asks. An errand takes the row for a short while,
draws and keeps the file, and in one transaction marks the row and queues the message: dying in
between means drawn twice, sent once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.commons import mass_send, media
from bot.commons.pictures.drawings import Drawing, drawing_json, key_of, written
from bot.kernel.abilities import Errands
from bot.kernel.capability import Capability, Doors
from bot.kernel.ids import ChannelName, GroupId, MemberId
from bot.kernel.messages import Image, Link, Outgoing, Part, Update
from bot.kernel.ports import Group, Groups, Links
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

DRAW = "pictures.draw"
"""The errand."""
LEASE_S = 30.0
"""A picture that was taken by a process that died is good for anybody after this."""
LINK_VALID_S = 24 * 3600
_CLOCKS_DIFFER_S = 60.0
_NO_GROUP = GroupId("")


@dataclass(frozen=True, slots=True)
class To:
    """Where a picture goes."""

    channel: ChannelName
    recipient: str
    group: GroupId = _NO_GROUP
    """Our name of the group, where it is written to without having asked."""
    in_group: bool = False
    via: str = ""
    reply_to: str = ""

    @classmethod
    def sender_of(cls, update: Update) -> "To":
        """Return the chat that an update came from."""
        recipient = update.group or update.sender or ""
        return cls(
            update.channel,
            recipient,
            in_group=update.in_group,
            via=update.via,
            reply_to=update.reply_to,
        )

    @classmethod
    def group_of(cls, group: Group) -> "To":
        """Return a group, by whatever way leads there."""
        return cls(group.channel, group.recipient, group.id, in_group=True)


def can_follow(door: Capability) -> bool:
    """Return True where a picture can come a moment after the answer.

    Not where all answers travel together in one response: that has left.
    """
    return door.images and (door.can_push or not door.together)


# ── asked for ───────────────────────────────────────────────────────────────────────────

_ASK = Statement(
    "INSERT INTO pictures (key, drawing, input, alt, channel, recipient, group_id, in_group, via,"
    " reply_to, page, why, status, tries, due_at, created_at) VALUES (:key, :drawing, :input,"
    " :alt, :channel, :recipient, :group, :in_group, :via, :reply_to, :page, :why, 'waiting', 0,"
    " :now, :now) ON CONFLICT (key) DO NOTHING RETURNING id"
)
_SHOWS = Statement("INSERT INTO picture_people (picture_id, member_id) VALUES (:picture, :member)")


def soon(
    uow: UnitOfWork,
    tools: Toolbox,
    drawing: Drawing,
    to: To,
    *,
    key: str,
    alt: str,
    why: str,
    people: Sequence[MemberId] = (),
    page: str = "",
) -> bool:
    """Let a picture follow: it is drawn and sent when this is committed.

    Args:
        uow: the unit of work; what it forgets is not drawn.
        tools: the toolbox.
        drawing: what to draw.
        to: the chat.
        key: the same key is the same picture, however often it is asked for.
        alt: what it shows, for doors and people without pictures.
        why: what made it, as in `Outgoing.why`.
        people: whom it shows; it is forgotten with each of them.
        page: the member page (`room/name`) that shows the same, linked where no picture can go;
            empty when the room's words have that link already.

    Returns:
        False when no picture will follow.
    """
    door = tools.use(Doors).of(to.channel)
    if not can_follow(door):
        if page and door.can_push:
            _tell(uow, tools, to, _link(tools, to, page, alt, people), key=key, why=why)
        return False
    asked = uow.run(
        _ASK,
        key=key,
        drawing=written(drawing),
        input=key_of(drawing),
        alt=alt,
        channel=to.channel,
        recipient=to.recipient,
        group=to.group,
        in_group=int(to.in_group),
        via=to.via,
        reply_to="" if door.can_push else to.reply_to,  # the answer has used it up
        page=page,
        why=why,
        now=micros(uow.clock.now()),
    )
    for (picture,) in asked:
        for member in sorted(set(people)):
            uow.run(_SHOWS, picture=picture, member=member)
        tools.use(Errands).soon(uow, DRAW)
    return True


def _link(tools: Toolbox, to: To, page: str, alt: str, people: Sequence[MemberId]) -> Link:
    links = tools.use(Links)
    if to.in_group or len(people) != 1:
        return Link(alt, links.for_group(page))
    return Link(alt, links.to(page, people[0], valid_s=LINK_VALID_S))


def _tell(uow: UnitOfWork, tools: Toolbox, to: To, part: Part, *, key: str, why: str) -> None:
    key = f"picture:{key}"
    if to.group:
        group = tools.use(Groups).by_id.get(to.group)
        if group is not None:  # else it is not configured any more
            mass_send.tell_group(uow, tools.use(Doors), group, [part], key=key, why=why)
        return
    uow.send(
        Outgoing(
            to.channel,
            to.recipient,
            part,
            key,
            why=why,
            to_group=to.in_group,
            via=to.via,
            reply_to=to.reply_to,
        )
    )


# ── drawn ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Task:
    """A picture that was taken to be drawn; `drawn` is its file where there is one already."""

    id: int
    drawing: Drawing
    tries: int
    """This one included."""
    drawn: media.File | None


_TO = "channel, recipient, group_id, in_group, via, reply_to"
_DUE = "status = 'waiting' AND (due_at <= :now OR due_at > :too_far)"
_HAS_DUE = Statement(f"SELECT 1 FROM pictures WHERE {_DUE} LIMIT 1")
_CLAIM = Statement(
    "UPDATE pictures SET due_at = :until, tries = tries + 1 WHERE id = (SELECT id FROM pictures"
    f" WHERE {_DUE} ORDER BY id LIMIT 1) AND {_DUE} RETURNING id, drawing, input, tries"
)
_DRAWN = Statement(
    "SELECT f.digest, f.bytes, f.content_type FROM pictures p"
    " JOIN media_files f ON f.digest = p.digest"
    " WHERE p.input = :input AND f.leaving_at IS NULL LIMIT 1"
)
_SENT = Statement(
    "UPDATE pictures SET status = 'sent', digest = :digest"
    " WHERE id = :id AND status = 'waiting'"
    f" RETURNING {_TO}, key, alt, why"
)
_FAILED = Statement(
    "UPDATE pictures SET status = 'failed' WHERE id = :id AND status = 'waiting'"
    f" RETURNING {_TO}, key, alt, why, page"
)
_PEOPLE = Statement("SELECT member_id FROM picture_people WHERE picture_id = :id")
_IS_THERE = Statement("SELECT key FROM pictures WHERE id = :id AND status = 'waiting'")


def _due(uow: UnitOfWork) -> dict[str, object]:
    now = uow.clock.now()
    too_far = now + timedelta(seconds=LEASE_S + _CLOCKS_DIFFER_S)
    return {"now": micros(now), "too_far": micros(too_far)}


def has_due(uow: UnitOfWork) -> bool:
    """Return True when there is something to draw now."""
    return bool(uow.run(_HAS_DUE, **_due(uow)))


def claim(uow: UnitOfWork) -> Task | None:
    """Take the oldest picture; nobody else takes it for a short while."""
    until = micros(uow.clock.now() + timedelta(seconds=LEASE_S))
    while rows := uow.run(_CLAIM, until=until, **_due(uow)):
        item, drawing, found, tries = rows[0]
        try:
            made = drawing_json.validate_json(str(drawing))
        except ValueError:  # written by another version: it must not hold up the others
            uow.run(_FAILED, id=item)
            continue
        return Task(integer(item), made, integer(tries), _drawn(uow, found))
    return None


def _drawn(uow: UnitOfWork, found: object) -> media.File | None:
    """Return the file of a picture of the same description."""
    for digest, size, content_type in uow.run(_DRAWN, input=found):
        return media.File(str(digest), integer(size), str(content_type))
    return None


def send(uow: UnitOfWork, tools: Toolbox, item: int, file: media.File, *, days: int) -> bool:
    """Queue a picture that is in the store; one whose people are gone is forgotten.

    Returns:
        False when just this file is being removed: draw it again.
    """
    waiting = uow.run(_IS_THERE, id=item)
    if not waiting:
        media.leaving(uow, orphans=[file.digest])  # nobody else's, or it stays
        return True
    until = uow.clock.now() + timedelta(days=days)
    if not media.hold(uow, f"picture:{waiting[0][0]}", file, until=until):
        return False
    for row in uow.run(_SENT, id=item, digest=file.digest):
        key, alt, why = map(str, row[6:9])
        _tell(uow, tools, _to(row), Image(digest=file.digest, alt=alt), key=key, why=why)
    return True


def fail(uow: UnitOfWork, tools: Toolbox, item: int) -> None:
    """Give a picture up that can't be drawn; the page that shows the same is linked instead."""
    people = [MemberId(integer(member)) for (member,) in uow.run(_PEOPLE, id=item)]
    for row in uow.run(_FAILED, id=item):
        key, alt, why, page = map(str, row[6:10])
        to = _to(row)
        if page:
            _tell(uow, tools, to, _link(tools, to, page, alt, people), key=key, why=why)


def _to(row: Row) -> To:
    channel, recipient, group, in_group, via, reply_to = row[:6]
    return To(
        ChannelName(str(channel)),
        str(recipient),
        GroupId(str(group)),
        in_group=bool(in_group),
        via=str(via),
        reply_to=str(reply_to),
    )


# ── forgotten ───────────────────────────────────────────────────────────────────────────

_OLD = Statement(
    "SELECT id, key FROM pictures WHERE created_at < :before ORDER BY created_at LIMIT :most"
)
_FORGET_PEOPLE = Statement("DELETE FROM picture_people WHERE picture_id = :id")
_FORGET = Statement("DELETE FROM pictures WHERE id = :id")
_FAILED_LATELY = Statement(
    "SELECT count(*) FROM pictures WHERE status = 'failed' AND created_at >= :since"
)


def forget_old(uow: UnitOfWork, *, days: int, most: int) -> int:
    """Forget what was asked for so long ago; return how much."""
    before = micros(uow.clock.now() - timedelta(days=days))
    old = uow.run(_OLD, before=before, most=most)
    for item, key in old:
        forget(uow, integer(item), str(key))
    return len(old)


def forget(uow: UnitOfWork, item: int, key: str) -> None:
    """Forget one picture; its file leaves unless another picture is the same."""
    media.let_go(uow, f"picture:{key}")
    uow.run(_FORGET_PEOPLE, id=item)
    uow.run(_FORGET, id=item)


def count_failed(uow: UnitOfWork) -> float:
    """Return how many pictures of the last 24 hours could not be drawn."""
    since = micros(uow.clock.now() - timedelta(hours=24))
    return float(integer(uow.run(_FAILED_LATELY, since=since)[0][0]))
