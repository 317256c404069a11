"""Use cases of what operators order: join ways and greetings of groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import audit, groups, media
from bot.features.customer_groups import orders
from bot.features.customer_groups.rules import Attached, Greeting, wrong_in_greeting
from bot.kernel.errors import Refusal
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

MAKE = "customer_groups.make"
KEPT = "kept"
_HELD = "join-way:"

_ORDER_WAY = Statement(
    "INSERT INTO group_join_ways (chat_id, state, status, platform_id, picture_url, picture, error,"
    " made_by, at, tries) VALUES (:chat, :state, 'wanted', '', '', '', '', :who, :now, 0)"
    " ON CONFLICT (chat_id) DO NOTHING RETURNING id"
)
_WAY_OF = Statement(
    "SELECT id, chat_id, state, status, picture_url, error, made_by, picture FROM group_join_ways"
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
_TO_FETCH = Statement(
    "SELECT id, picture_url FROM group_join_ways WHERE status = 'made' AND picture_url <> ''"
    " AND picture = '' ORDER BY id LIMIT 1"
)
_FETCHED = Statement(
    "UPDATE group_join_ways SET picture = :state WHERE id = :id AND picture_url = :url"
    " AND picture = '' RETURNING id"
)
_FETCH_AGAIN = Statement(
    "UPDATE group_join_ways SET picture = ''"
    " WHERE id = :id AND status = 'made' AND picture NOT IN ('', 'kept') RETURNING id"
)
_WAYS = Statement("SELECT id FROM group_join_ways")
_NO_PICTURE = Statement(
    "UPDATE group_join_ways SET status = 'refused', platform_id = '', error = :error WHERE id = :id"
)
_TAKE_BACK = Statement(
    "UPDATE group_join_ways SET status = 'unwanted', tries = 0, due_at = NULL"
    " WHERE chat_id = :chat AND status = 'made' RETURNING id"
)
_COLUMNS = ", ".join(orders.GREETING_FIELDS)
_PARAMETERS = ", ".join(f":{field}" for field in orders.GREETING_FIELDS)
_GREET = Statement(
    f"INSERT INTO group_greetings ({_COLUMNS}, status, platform_id, error, made_by, at, tries)"
    f" VALUES ({_PARAMETERS}, :status, '', '', :who, :now, 0) RETURNING id"
)
_CHANGE = (
    f"UPDATE group_greetings SET ({_COLUMNS}, status, error, made_by, tries, due_at)"
    f" = ({_PARAMETERS}, :status, '', :who, 0, NULL) WHERE id = :id"
)
_CHANGE_GREETING = Statement(f"{_CHANGE} AND status IN ('made', 'refused', 'draft') RETURNING id")
_CHANGE_DRAFT = Statement(f"{_CHANGE} AND status = 'draft' RETURNING id")
_HAND_OVER = Statement(
    "UPDATE group_greetings SET status = 'wanted' WHERE id = :id AND status = 'draft' RETURNING id"
)
_DROP_DRAFT = Statement(
    "DELETE FROM group_greetings WHERE id = :id AND status = 'draft' RETURNING id"
)
_GREETINGS = f"SELECT id, {_COLUMNS}, status, error, made_by, at FROM group_greetings"
_NEWEST_GREETINGS = Statement(f"{_GREETINGS} ORDER BY id DESC LIMIT 100")
_ONE_GREETING = Statement(f"{_GREETINGS} WHERE id = :id")


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
    picture: str
    """`kept` when it is in the store, else why not; empty while it is to be fetched."""


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
    number, chat, state, status, url, error, who, picture = rows[0]
    return Way(
        integer(number),
        str(chat),
        str(state),
        orders.Order(str(status)),
        str(url),
        str(error),
        str(who),
        str(picture),
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


def picture_to_fetch(uow: UnitOfWork) -> tuple[int, str] | None:
    """Return a join way whose picture has to be fetched, and from where."""
    rows = uow.run(_TO_FETCH)
    return (integer(rows[0][0]), str(rows[0][1])) if rows else None


def hold_picture(uow: UnitOfWork, number: int, url: str, file: media.File) -> bool:
    """Keep the picture of a join way; False when it has to be fetched again in a moment."""
    if not media.hold(uow, f"{_HELD}{number}", file):
        return False
    uow.run(_FETCHED, id=number, url=url, state=KEPT)
    return True


def give_picture_up(uow: UnitOfWork, number: int, url: str, reason: str) -> None:
    """Note that a picture can't be kept, and why."""
    uow.run(_FETCHED, id=number, url=url, state=reason)


def fetch_picture_again(uow: UnitOfWork, number: int, who: str) -> None:
    """Have a picture fetched that was given up.

    Raises:
        NotPossible: there is none.
    """
    if not uow.run(_FETCH_AGAIN, id=number):
        raise NotPossible("nothing to fetch")
    audit.record(uow, who, "customer_groups.join_way", f"picture again: {number}")


def picture_of(uow: UnitOfWork, number: int) -> media.File | None:
    """Return the picture of a join way."""
    return media.held(uow, f"{_HELD}{number}")


def forget_pictures(uow: UnitOfWork) -> None:
    """Let go of the pictures of join ways that were taken back."""
    known = {f"{_HELD}{integer(number)}" for (number,) in uow.run(_WAYS)}
    for name in media.holders(uow, _HELD):
        if name not in known:
            media.let_go(uow, name)


# ── greetings of groups ─────────────────────────────────────────────────────────────────


def add_greeting(uow: UnitOfWork, words: Greeting, who: str, *, draft: bool = False) -> None:
    """Have one more greeting kept by the platform; a draft stays here for the time being.

    Raises:
        BadGreeting: the platform would not take it.
    """
    _check(words)
    now = micros(uow.clock.now())
    uow.run(_GREET, who=who, now=now, status=_status(draft=draft), **_fields(words))
    audit.record(uow, who, "customer_groups.greeting", "draft" if draft else "new")


def change_greeting(
    uow: UnitOfWork, number: int, words: Greeting, who: str, *, draft: bool = False
) -> None:
    """Change a greeting and hand it over; a draft may stay one.

    Raises:
        BadGreeting: the platform would not take it.
        NotPossible: there is none, or it is just being made.
    """
    _check(words)
    change = _CHANGE_DRAFT if draft else _CHANGE_GREETING
    if not uow.run(change, id=number, who=who, status=_status(draft=draft), **_fields(words)):
        raise NotPossible("no greeting")
    audit.record(uow, who, "customer_groups.greeting", f"changed: {number}")


def hand_over_greeting(uow: UnitOfWork, number: int, who: str) -> None:
    """Have a draft kept by the platform.

    Raises:
        NotPossible: there is no such draft.
    """
    if not uow.run(_HAND_OVER, id=number):
        raise NotPossible("no draft")
    audit.record(uow, who, "customer_groups.greeting", f"handed over: {number}")


def drop_greeting(uow: UnitOfWork, number: int, who: str) -> None:
    """Throw a draft away.

    Raises:
        NotPossible: there is no such draft.
    """
    if not uow.run(_DROP_DRAFT, id=number):
        raise NotPossible("no draft")
    audit.record(uow, who, "customer_groups.greeting", f"dropped: {number}")


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
    return [_kept(row) for row in uow.run(_NEWEST_GREETINGS)]


def kept_greeting(uow: UnitOfWork, number: int) -> KeptGreeting | None:
    """Return one greeting."""
    rows = uow.run(_ONE_GREETING, id=number)
    return _kept(rows[0]) if rows else None


def greeting_of(fields: Sequence[object]) -> Greeting:
    """Return the words in the columns of a greeting."""
    kept = {name: str(field) for name, field in zip(orders.GREETING_FIELDS, fields, strict=True)}
    kind = Attached(kept.pop("kind"))
    return Greeting(**kept, kind=kind)


def _kept(row: Row) -> KeptGreeting:
    number, *words, status, error, who, at = row
    return KeptGreeting(
        integer(number),
        greeting_of(words),
        orders.Order(str(status)),
        str(error),
        str(who),
        instant(at),
    )


def _status(*, draft: bool) -> str:
    return (orders.Order.DRAFT if draft else orders.Order.WANTED).value


def _check(words: Greeting) -> None:
    if wrong := wrong_in_greeting(words):
        raise BadGreeting(wrong, field=wrong)


def _fields(words: Greeting) -> dict[str, str]:
    alone = words.alone()
    return {field: str(getattr(alone, field)).strip() for field in orders.GREETING_FIELDS}
