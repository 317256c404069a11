"""Use cases of the account's menu: ask for one, go back, and note what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from bot.commons import audit
from bot.kernel.abilities import Errands
from bot.kernel.errors import Refusal
from bot.kernel.following import MenuEntry
from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

PUBLISH = "menus.publish"
menu_json: TypeAdapter[tuple[MenuEntry, ...]] = TypeAdapter(tuple[MenuEntry, ...])

_ASK = Statement(
    "INSERT INTO menu_versions (channel, body, status, asked_by, asked_at, reason)"
    " VALUES (:channel, :body, 'asked', :who, :now, '')"
)
_PASS = Statement(
    "UPDATE menu_versions SET status = 'passed', done_at = :now"
    " WHERE channel = :channel AND status = 'asked'"
)
_ASKED = Statement(
    "SELECT id, body FROM menu_versions WHERE channel = :channel AND status = 'asked'"
    " ORDER BY id DESC LIMIT 1"
)
_BEFORE = Statement("UPDATE menu_versions SET before = :before WHERE id = :id AND before IS NULL")
_DONE = Statement(
    "UPDATE menu_versions SET status = :status, done_at = :now, reason = :reason"
    " WHERE id = :id AND status = 'asked' RETURNING 1"
)
_SEEN = Statement(
    "INSERT INTO menu_seen (channel, body, seen_at, reason) VALUES (:channel, :body, :now, :reason)"
    " ON CONFLICT (channel) DO UPDATE SET body = excluded.body, seen_at = excluded.seen_at,"
    " reason = excluded.reason"
)
_SHOWN = Statement("SELECT body, seen_at, reason FROM menu_seen WHERE channel = :channel")
_LATEST = Statement(
    "SELECT id, body, status, asked_by, asked_at, before, reason FROM menu_versions"
    " WHERE channel = :channel ORDER BY id DESC LIMIT :most"
)
_UNDOABLE = Statement(
    "SELECT before FROM menu_versions WHERE channel = :channel AND status = 'published'"
    " AND before IS NOT NULL AND id = :id"
    " AND NOT EXISTS (SELECT 1 FROM menu_versions AS newer WHERE newer.channel = :channel"
    " AND newer.id > :id AND newer.status IN ('asked', 'published'))"
)


class NothingToUndo(Refusal):
    """That menu is not the one that is shown, or nothing is known of the one before."""

    template = "menus/nothing_to_undo.txt.j2"


@dataclass(frozen=True, slots=True)
class Asked:
    """A menu that waits to be published."""

    id: int
    menu: tuple[MenuEntry, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the platform shows, as far as it said."""

    menu: tuple[MenuEntry, ...]
    seen_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Version:
    """A menu that was asked for."""

    id: int
    menu: tuple[MenuEntry, ...]
    status: str
    asked_by: str
    asked_at: datetime
    before: tuple[MenuEntry, ...] | None
    reason: str


def ask(
    uow: UnitOfWork, errands: Errands, channel: ChannelName, menu: Sequence[MenuEntry], who: str
) -> None:
    """Have a menu published in the place of the one there is; a newer wish replaces an older."""
    now = micros(uow.clock.now())
    uow.run(_PASS, channel=channel, now=now)
    body = menu_json.dump_json(tuple(menu)).decode()
    uow.run(_ASK, channel=channel, body=body, who=who, now=now)
    audit.record(uow, who, "menus.asked", f"{channel}: {len(menu)} entries")
    errands.soon(uow, PUBLISH)


def undo(uow: UnitOfWork, errands: Errands, channel: ChannelName, version: int, who: str) -> None:
    """Have the menu published again that was shown before `version`.

    Raises:
        NothingToUndo: another menu came since, or that one was never published.
    """
    rows = uow.run(_UNDOABLE, channel=channel, id=version)
    if not rows:
        raise NothingToUndo(f"version {version}")
    ask(uow, errands, channel, menu_json.validate_json(str(rows[0][0])), who)


def asked(uow: UnitOfWork, channel: ChannelName) -> Asked | None:
    """Return the menu that waits to be published."""
    rows = uow.run(_ASKED, channel=channel)
    return Asked(integer(rows[0][0]), menu_json.validate_json(str(rows[0][1]))) if rows else None


def remember_before(uow: UnitOfWork, version: int, menu: Sequence[MenuEntry]) -> None:
    """Note what is shown before `version`, so that it can be undone; the first time counts."""
    uow.run(_BEFORE, id=version, before=menu_json.dump_json(tuple(menu)).decode())


def finish(uow: UnitOfWork, version: int, *, reason: str = "") -> bool:
    """Note that a menu is shown now, or why the platform refused it; False when it was done."""
    status = "refused" if reason else "published"
    now = micros(uow.clock.now())
    return bool(uow.run(_DONE, id=version, status=status, now=now, reason=reason))


def see(
    uow: UnitOfWork, channel: ChannelName, menu: Sequence[MenuEntry], *, reason: str = ""
) -> None:
    """Note what the platform says that it shows, or why it did not say."""
    body = menu_json.dump_json(tuple(menu)).decode()
    uow.run(_SEEN, channel=channel, body=body, now=micros(uow.clock.now()), reason=reason)


def shown(uow: UnitOfWork, channel: ChannelName) -> Shown | None:
    """Return what the platform shows; None when it was never asked."""
    rows = uow.run(_SHOWN, channel=channel)
    if not rows:
        return None
    body, at, reason = rows[0]
    return Shown(menu_json.validate_json(str(body)), instant(at), str(reason))


def latest(uow: UnitOfWork, channel: ChannelName, *, most: int) -> list[Version]:
    """Return the menus that were asked for, the newest first."""
    return [
        Version(
            integer(number),
            menu_json.validate_json(str(body)),
            str(status),
            str(who),
            instant(at),
            None if before is None else menu_json.validate_json(str(before)),
            str(reason),
        )
        for number, body, status, who, at, before, reason in uow.run(
            _LATEST, channel=channel, most=most
        )
    ]
