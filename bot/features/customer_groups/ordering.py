"""Use cases of what operators order: join ways and greetings of groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import audit, groups
from bot.features.customer_groups import orders
from bot.features.customer_groups.rules import wrong_in_greeting
from bot.kernel.errors import Refusal
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

MAKE = "customer_groups.make"

_ORDER_WAY = Statement(
    "INSERT INTO group_join_ways (chat_id, state, status, platform_id, picture_url, error, made_by,"
    " at, tries) VALUES (:chat, :state, 'wanted', '', '', '', :who, :now, 0)"
    " ON CONFLICT (chat_id) DO NOTHING RETURNING id"
)
_WAY_OF = Statement(
    "SELECT id, chat_id, state, status, picture_url, error, made_by FROM group_join_ways"
    " WHERE chat_id = :chat"
)
_WITHOUT_PICTURE = Statement(
    "SELECT id, platform_id, status, tries FROM group_join_ways WHERE status = 'made'"
    " AND picture_url = '' AND (due_at IS NULL OR due_at <= :now) ORDER BY id LIMIT 1"
)
_PICTURE = Statement(
    "UPDATE group_join_ways SET picture_url = :url, tries = 0, due_at = NULL, error = ''"
    " WHERE id = :id"
)
_NO_PICTURE = Statement(
    "UPDATE group_join_ways SET status = 'refused', platform_id = '', error = :error WHERE id = :id"
)
_TAKE_BACK = Statement(
    "UPDATE group_join_ways SET status = 'unwanted', tries = 0, due_at = NULL"
    " WHERE chat_id = :chat AND status = 'made' RETURNING id"
)
_GREET = Statement(
    "INSERT INTO group_greetings (text, title, url, description, image_url, status, platform_id,"
    " error, made_by, at, tries) VALUES (:text, :title, :url, :description, :image, 'wanted', '',"
    " '', :who, :now, 0) RETURNING id"
)
_CHANGE_GREETING = Statement(
    "UPDATE group_greetings SET text = :text, title = :title, url = :url,"
    " description = :description, image_url = :image, status = 'wanted', error = '', tries = 0,"
    " due_at = NULL,"
    " made_by = :who WHERE id = :id AND status IN ('made', 'refused') RETURNING id"
)
_GREETINGS = Statement(
    "SELECT id, text, title, url, description, image_url, status, error, made_by, at"
    " FROM group_greetings ORDER BY id DESC LIMIT 100"
)


class BadGreeting(Refusal):
    """A field of a greeting is not as the platform takes it; nothing was written."""

    template = "customer_groups/bad_greeting.txt.j2"


class NotPossible(Refusal):
    """What the form speaks of is not there, or not in a state for this; nothing was written."""

    template = "customer_groups/not_possible.txt.j2"


@dataclass(frozen=True, slots=True)
class Way:
    """A join way as operators see it."""

    id: int
    chat_id: str
    state: str
    status: orders.Order
    picture_url: str
    error: str
    made_by: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """A greeting as operators write it."""

    text: str
    title: str
    url: str
    description: str = ""
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class KeptGreeting:
    """A greeting and how far it is."""

    id: int
    words: Greeting
    status: orders.Order
    error: str
    made_by: str
    at: datetime


# ── join ways ───────────────────────────────────────────────────────────────────────────


def order_way(uow: UnitOfWork, chat_id: str, state: str, who: str) -> None:
    """Have a QR code made for one group.

    Raises:
        NotPossible: there is no such group, or it has one.
    """
    group = groups.group(uow, chat_id)
    now = micros(uow.clock.now())
    if group is None or not group.is_open:
        raise NotPossible("no such group")
    if not uow.run(_ORDER_WAY, chat=chat_id, state=state, who=who, now=now):
        raise NotPossible("it has one")
    audit.record(uow, who, "customer_groups.join_way", chat_id)


def take_way_back(uow: UnitOfWork, chat_id: str, who: str) -> None:
    """Have a QR code taken back; it can't be brought to life again.

    Raises:
        NotPossible: there is none that works.
    """
    if not uow.run(_TAKE_BACK, chat=chat_id):
        raise NotPossible("no join way")
    audit.record(uow, who, "customer_groups.join_way_taken_back", chat_id)


def try_way_again(uow: UnitOfWork, number: int, who: str) -> None:
    """Have a QR code made although an earlier try was refused or may have worked.

    Raises:
        NotPossible: there is nothing to try again.
    """
    if not orders.ways.again(uow, number):
        raise NotPossible("nothing to try again")
    audit.record(uow, who, "customer_groups.join_way", f"again: {number}")


def way_of(uow: UnitOfWork, chat_id: str) -> Way | None:
    """Return the join way of one group."""
    rows = uow.run(_WAY_OF, chat=chat_id)
    if not rows:
        return None
    number, chat, state, status, url, error, who = rows[0]
    return Way(
        integer(number),
        str(chat),
        str(state),
        orders.Order(str(status)),
        str(url),
        str(error),
        str(who),
    )


def way_without_picture(uow: UnitOfWork) -> orders.Ordered | None:
    """Return a join way that was made and whose picture is not known yet."""
    rows = uow.run(_WITHOUT_PICTURE, now=micros(uow.clock.now()))
    return orders.ordered(rows[0]) if rows else None


def keep_picture(uow: UnitOfWork, number: int, url: str) -> None:
    """Keep where the picture of a join way is."""
    uow.run(_PICTURE, id=number, url=url)


def refuse_picture(uow: UnitOfWork, number: int, error: str) -> None:
    """Note that the platform does not know a join way any more."""
    uow.run(_NO_PICTURE, id=number, error=error)


# ── greetings of groups ─────────────────────────────────────────────────────────────────


def add_greeting(uow: UnitOfWork, words: Greeting, who: str) -> None:
    """Have one more greeting kept.

    Raises:
        BadGreeting: the platform would not take it.
    """
    _check(words)
    uow.run(_GREET, who=who, now=micros(uow.clock.now()), **_fields(words))
    audit.record(uow, who, "customer_groups.greeting", "new")


def change_greeting(uow: UnitOfWork, number: int, words: Greeting, who: str) -> None:
    """Change a greeting.

    Raises:
        BadGreeting: the platform would not take it.
        NotPossible: there is none, or it is just being made.
    """
    _check(words)
    if not uow.run(_CHANGE_GREETING, id=number, who=who, **_fields(words)):
        raise NotPossible("no greeting")
    audit.record(uow, who, "customer_groups.greeting", f"changed: {number}")


def try_greeting_again(uow: UnitOfWork, number: int, who: str) -> None:
    """Have a greeting made although an earlier try was refused or may have worked.

    Raises:
        NotPossible: there is nothing to try again.
    """
    if not orders.greetings.again(uow, number):
        raise NotPossible("nothing to try again")
    audit.record(uow, who, "customer_groups.greeting", f"again: {number}")


def kept_greetings(uow: UnitOfWork) -> Sequence[KeptGreeting]:
    """Return the greetings, newest first."""
    return [
        KeptGreeting(
            integer(number),
            Greeting(*map(str, words)),
            orders.Order(str(status)),
            str(error),
            str(who),
            instant(at),
        )
        for number, *words, status, error, who, at in uow.run(_GREETINGS)
    ]


def _check(words: Greeting) -> None:
    wrong = wrong_in_greeting(
        words.text, words.title, words.url, words.description, words.image_url
    )
    if wrong:
        raise BadGreeting(wrong, field=wrong)


def _fields(words: Greeting) -> dict[str, str]:
    return {
        "text": words.text.strip(),
        "title": words.title.strip(),
        "url": words.url,
        "description": words.description.strip(),
        "image": words.image_url,
    }
