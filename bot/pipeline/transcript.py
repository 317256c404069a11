"""Tells what was said between a member and us, from the two books."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain

from typing_extensions import override

from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import (
    Card,
    File,
    Image,
    Link,
    Markdown,
    News,
    Outgoing,
    Part,
    Text,
    Voice,
    update_json,
)
from bot.kernel.reception import HUMAN_SAID
from bot.kernel.transcript import Speaker, Transcript, Utterance
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.pipeline import outbox
from bot.storage.columns import instant, micros

_MINE = "(SELECT channel, identity FROM identities WHERE member_id = :member)"
_HEARD = Statement(
    f"SELECT id, payload, sent_at FROM inbox WHERE (channel, sender) IN {_MINE}"
    " AND payload <> '' AND (kind <> 'event' OR payload LIKE :overheard)"
    " AND sent_at >= :since ORDER BY id DESC LIMIT :most"
)
_SAID = Statement(
    "SELECT id, payload, COALESCE(sent_at, created_at), status, error FROM outbox"
    f" WHERE (channel, recipient) IN {_MINE} AND payload <> '' AND created_at >= :since"
    " ORDER BY id DESC LIMIT :most"
)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_OVERHEARD = f'%"event":"{HUMAN_SAID}"%'


class Books(Transcript):
    """The kernel's `Transcript` on inbox and outbox."""

    @override
    def latest(
        self, uow: UnitOfWork, member: MemberId, *, most: int, since: datetime | None = None
    ) -> Sequence[Utterance]:
        limits = {"member": member, "since": micros(since or _BEGINNING), "most": most}
        # what bears the same second stays in its order
        heard = (_heard(row) for row in reversed(uow.run(_HEARD, overheard=_OVERHEARD, **limits)))
        said = (_said(row) for row in reversed(uow.run(_SAID, **limits)))
        both = sorted((one for one in chain(heard, said) if one), key=lambda one: one.at)
        return both[-most:]


def _heard(row: Row) -> Utterance | None:
    number, payload, at = row
    try:
        update = update_json.validate_json(str(payload))
    except ValueError:  # written by another version
        return None
    if update.in_group:
        return None
    if update.tap is not None and not update.text:
        return None
    overheard = update.event == HUMAN_SAID
    return Utterance(
        f"in:{number}",
        instant(at),
        Speaker.ADVISOR if overheard else Speaker.MEMBER,
        update.text,
        "text" if overheard and update.text else update.kind.value,
        "",
        update.channel,
        tuple(one.ref for one in update.media),
        update.extra.get("servicer_userid", ""),
        update.key,
    )


def _said(row: Row) -> Utterance | None:
    number, payload, at, status, error = row
    try:
        message = outbox.outgoing_json.validate_json(str(payload))
    except ValueError:
        return None
    if message.to_group or message.part.kind in {"card_update", "recall"}:
        return None
    return Utterance(
        f"out:{number}",
        instant(at),
        _speaker(message),
        words_of(message.part),
        message.part.kind,
        str(status),
        ChannelName(message.channel),
        key=message.key,
        error="" if status == "sent" else str(error or ""),
    )


def _speaker(message: Outgoing) -> Speaker:
    return Speaker.ADVISOR if message.voice is Voice.HUMAN else Speaker.BOT


def words_of(part: Part) -> str:
    """Return the words of a part, as a person would read them aloud."""
    match part:
        case Text(words) | Markdown(plain=words) | Link(title=words):
            return words
        case Card():
            return part.fallback or part.title
        case Image() | File():
            return part.words
        case News():
            return "\n".join(one.title for one in part.articles)
        case _:
            return ""
