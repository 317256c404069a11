"""The operators' page of the account's menu: see it, publish the file's, go back."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from bot.features.menus import service
from bot.features.menus.rules import Draft, MenuFile
from bot.kernel.abilities import Abilities, Errands
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Rooms
from bot.kernel.following import EntryKind, MenuEntry, Menus
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words
from bot.kernel.router import Switchboard
from bot.kernel.work import Toolbox, UnitOfWork

_VERSIONS_SHOWN = 10


class ChangedMeanwhile(Refusal):
    """The file is not what the operator saw, or is wrong now."""

    template = "menus/changed.txt.j2"


class NoAccount(Refusal):
    """No channel here has a menu."""

    template = "menus/no_account.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    draft = tools.use(MenuFile).draft()
    channel = _channel(tools)
    versions = service.latest(uow, channel, most=_VERSIONS_SHOWN) if channel else []
    shown = service.shown(uow, channel) if channel else None
    zone, rooms = tools.use(Community).zone, Switchboard(one.router for one in tools.use(Rooms))
    return {
        "channel": channel,
        "path": tools.use(MenuFile).path.name,
        "draft": _rows(draft.menu, rooms),
        "problems": [str(problem) for problem in draft.problems],
        "digest": digest_of(draft),
        "is_good": draft.is_good,
        "is_shown": shown is not None and shown.menu == draft.menu,
        "shown": _rows(shown.menu, rooms) if shown else [],
        "seen_at": f"{shown.seen_at.astimezone(zone):%Y-%m-%d %H:%M}" if shown else "",
        "reason": shown.reason if shown else "",
        "versions": [
            {
                "id": version.id,
                "status": version.status,
                "who": version.asked_by,
                "at": f"{version.asked_at.astimezone(zone):%Y-%m-%d %H:%M}",
                "names": "、".join(entry.name for entry in version.menu),
                "reason": version.reason,
                "before": None if version.before is None else _rows(version.before, rooms),
            }
            for version in versions
        ],
        "undoable": next((v.id for v in versions if v.status in {"published", "asked"}), 0),
    }


def _channel(tools: Toolbox) -> ChannelName | None:
    return tools.use(Abilities).home(Menus)


def digest_of(draft: Draft) -> str:
    """Return what tells this draft from another, so that what is published is what was seen."""
    return blake2b(service.menu_json.dump_json(draft.menu), digest_size=8).hexdigest()


def _rows(menu: Sequence[MenuEntry], rooms: Switchboard) -> list[Mapping[str, object]]:
    return [_row(entry, rooms) for entry in menu]


def _row(entry: MenuEntry, rooms: Switchboard) -> Mapping[str, object]:
    return {
        "name": entry.name,
        "kind": entry.kind.value if entry.kind else "",
        "does": entry.url or entry.key,
        "is_unknown": entry.kind is EntryKind.CLICK and not rooms.knows(entry.key),
        "below": [_row(one, rooms) for one in entry.below],
    }


def _publish(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    channel, draft = _channel(tools), tools.use(MenuFile).draft()
    if channel is None:
        raise NoAccount("no channel has a menu")
    if not draft.is_good or form.get("digest") != digest_of(draft):
        raise ChangedMeanwhile("the file is another")
    service.ask(uow, tools.use(Errands), channel, draft.menu, who)
    return tools.use(Words)("menus/asked.txt.j2")


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    channel, version = _channel(tools), number_in(form.get("version", ""))
    if channel is None:
        raise NoAccount("no channel has a menu")
    if version is None:
        raise service.NothingToUndo("no version")
    service.undo(uow, tools.use(Errands), channel, version, who)
    return tools.use(Words)("menus/asked.txt.j2")


def _look(uow: UnitOfWork, tools: Toolbox, _form: Mapping[str, str], _who: str) -> str:
    tools.use(Errands).soon(uow, service.PUBLISH)
    return tools.use(Words)("menus/looking.txt.j2")


pages = (
    Page(
        "menus",
        "公众号菜单",
        "menus/menus.html.j2",
        _load,
        {"publish": _publish, "undo": _undo, "look": _look},
        aisle=Aisle.SYSTEM,
    ),
)
