"""The operators' pages of customer groups: who is where, codes for joining, greetings, tags."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

from bot.commons import customers, groups, members
from bot.commons.content import MediaFolder
from bot.features.customer_groups import ordering, service
from bot.features.customer_groups.rules import STATE_CHARS, Attached, Greeting, takes
from bot.kernel.abilities import Abilities, Errands
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Download, Page, number_in
from bot.kernel.customers import GroupBook
from bot.kernel.feature import Metric
from bot.kernel.files import FileStore, download_name
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Groups, Words
from bot.kernel.work import Toolbox, UnitOfWork

_ON_A_PAGE = 50
_MOST_PAGES = 1_000_000
_HISTORY = 100
_TO_PASTE = 20
_NOTICE_CHARS = 300


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    channel = tools.use(Abilities).home(GroupBook)
    shared = {"is_configured": channel is not None, "round": _round(uow, tools)}
    if poster := query.get("poster", ""):
        return {**shared, "view": "poster", "group": _poster(uow, tools, poster)}
    if chat_id := query.get("chat", ""):
        return {**shared, "view": "group", "group": _group(uow, tools, chat_id)}
    if query.get("view") == "tags":
        return {**shared, "view": "tags", "tag_groups": customers.tags(uow)}
    return {**shared, "view": "groups", **_groups(uow, tools, query, channel)}


def _round(uow: UnitOfWork, tools: Toolbox) -> Mapping[str, object] | None:
    last = service.last_round(uow)
    if last is None:
        return None
    return {
        "phase": last.phase.value,
        "listed": last.listed,
        "left": groups.count_due(uow),
        "completed": _when(last.completed_at, tools),
        "asked_by": last.asked_by,
    }


def _groups(
    uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str], channel: ChannelName | None
) -> Mapping[str, object]:
    page = min(number_in(query.get("page", "")) or 1, _MOST_PAGES)
    ended = query.get("show") == "all"
    rows = groups.groups(uow, most=_ON_A_PAGE + 1, skip=(page - 1) * _ON_A_PAGE, dismissed=ended)
    return {
        "rows": [_row(uow, tools, row) for row in rows[:_ON_A_PAGE]],
        "page": page,
        "has_more": len(rows) > _ON_A_PAGE,
        "shows_all": ended,
        "open": groups.count_open(uow),
        "missing_welcome": service.missing_welcome(tools, uow.clock.now()),
        "dismissed": groups.count_dismissed(uow),
        "to_paste": _to_paste(rows[:_ON_A_PAGE], tools, channel),
    }


def _row(uow: UnitOfWork, tools: Toolbox, row: groups.GroupRow) -> dict[str, object]:
    counts = groups.counts_of(uow, row.chat_id)
    way = ordering.way_of(uow, row.chat_id)
    return {
        "chat_id": row.chat_id,
        "name": members.tidy_name(row.name),
        "owner": members.tidy_name(groups.name_of(uow, row.owner.lower())) or row.owner,
        "owner_id": row.owner,
        "is_open": row.is_open,
        "handover": row.handover,
        "read": _when(row.read_at, tools),
        "is_due": row.due_at is not None,
        "error": row.error,
        "ended": _when(row.ended_at, tools),
        "ended_how": row.ended_how,
        "counts": counts,
        "way": way,
    }


def _group(uow: UnitOfWork, tools: Toolbox, chat_id: str) -> Mapping[str, object] | None:
    row = groups.group(uow, chat_id)
    if row is None:
        return None
    history = groups.history(uow, chat_id, most=_HISTORY)
    names = {one.inviter: _called(uow, one.inviter) for one in history if one.inviter}
    return _row(uow, tools, row) | {
        "opened": _when(row.opened_at, tools),
        "notice": row.notice[:_NOTICE_CHARS],
        "admins": [_called(uow, admin.lower()) for admin in row.admins],
        "history": [
            {
                "at": _when(one.at, tools),
                "came": one.came,
                "name": members.tidy_name(one.name) or one.identity,
                "is_customer": one.is_customer,
                "scene": one.scene,
                "how": one.left_how,
                "inviter": names.get(one.inviter, ""),
                "state": members.tidy_name(one.state),
            }
            for one in history
        ],
        "most": _HISTORY,
    }


def _poster(uow: UnitOfWork, tools: Toolbox, chat_id: str) -> Mapping[str, object] | None:
    """Return what stands on the sheet to print; None without a picture."""
    row, way = groups.group(uow, chat_id), ordering.way_of(uow, chat_id)
    if row is None or way is None or way.picture != ordering.KEPT:
        return None
    name = members.tidy_name(row.name)
    community = tools.use(Community).name
    return {"name": name, "chat_id": chat_id, "way": way, "community": community}


def _give_picture(uow: UnitOfWork, tools: Toolbox, number: int) -> Download | None:
    """Return the picture of a join way, out of our own store."""
    file, store = ordering.picture_of(uow, number), tools.use(FileStore)
    if file is None:
        return None
    name = download_name(f"code-{number}", file.content_type, "code")
    return Download(name, file.content_type, lambda: store.open(file.digest))


def _called(uow: UnitOfWork, identity: str) -> str:
    return members.tidy_name(groups.name_of(uow, identity)) or identity


def _to_paste(rows: Sequence[groups.GroupRow], tools: Toolbox, channel: ChannelName | None) -> str:
    """Return the lines for config.toml of groups that it does not have."""
    known = {group.recipient for group in tools.use(Groups).by_id.values()}
    missing = [row for row in rows if row.is_open and row.read_at and row.chat_id not in known]
    return "\n".join(_entry(row, channel or "") for row in missing[:_TO_PASTE])


def _entry(row: groups.GroupRow, channel: str) -> str:
    name = members.tidy_name(row.name) or "未命名的群"
    ours = f"kh-{blake2b(row.chat_id.encode(), digest_size=4).hexdigest()}"
    fields = {
        "id": ours,
        "name": name,
        "channel": channel,
        "chat_id": row.chat_id,
        "owner": row.owner,
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    return "\n".join(["[[groups]]", *lines, ""])


def _when(at: datetime | None, tools: Toolbox) -> str:
    return "" if at is None else f"{at.astimezone(tools.use(Community).zone):%Y-%m-%d %H:%M}"


# ── actions ─────────────────────────────────────────────────────────────────────────────


def _reconcile(uow: UnitOfWork, tools: Toolbox, _form: Mapping[str, str], who: str) -> str:
    begun = service.begin_round(uow, who)
    tools.use(Errands).soon(uow, service.RECONCILE)
    return tools.use(Words)("customer_groups/reconciling.txt.j2", begun=begun)


def _make_way(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    state = "".join(form.get("state", "").split())[:STATE_CHARS] or "console"
    ordering.order_way(uow, form.get("chat", ""), state, who)
    return _ordered(uow, tools, "way")


def _try_way(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    ordering.try_way_again(uow, number_in(form.get("id", "")) or 0, who)
    return _ordered(uow, tools, "way")


def _fetch_picture(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    ordering.fetch_picture_again(uow, number_in(form.get("id", "")) or 0, who)
    return _ordered(uow, tools, "way")


def _take_way_back(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    ordering.take_way_back(uow, form.get("chat", ""), who)
    return _ordered(uow, tools, "way_back")


def _add_greeting(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    ordering.add_greeting(uow, _greeting(form, tools), who)
    return _ordered(uow, tools, "greeting")


def _draft_greeting(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    words = _greeting(form, tools)
    if number := number_in(form.get("id", "")):
        ordering.change_greeting(uow, number, words, who, draft=True)
    else:
        ordering.add_greeting(uow, words, who, draft=True)
    return tools.use(Words)("customer_groups/ordered.txt.j2", what="draft")


def _change_greeting(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    number = number_in(form.get("id", "")) or 0
    ordering.change_greeting(uow, number, _greeting(form, tools), who)
    return _ordered(uow, tools, "greeting")


def _hand_greeting_over(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    ordering.hand_over_greeting(uow, number_in(form.get("id", "")) or 0, who)
    return _ordered(uow, tools, "greeting")


def _drop_greeting(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    ordering.drop_greeting(uow, number_in(form.get("id", "")) or 0, who)
    return tools.use(Words)("customer_groups/ordered.txt.j2", what="dropped")


def _try_greeting(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    ordering.try_greeting_again(uow, number_in(form.get("id", "")) or 0, who)
    return _ordered(uow, tools, "greeting")


def _greeting(form: Mapping[str, str], tools: Toolbox) -> Greeting:
    said = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in _FIELDS}
    words = Greeting(**said, kind=_kind(form)).alone()
    if words.path:
        found = tools.use(MediaFolder).find(words.path)
        if found is None or not takes(words.kind, found.content_type, found.bytes):
            raise ordering.BadGreeting("no such file", field=f"{words.kind} file")
    return words


_FIELDS = ("text", "title", "url", "description", "image_url", "path", "app_id", "page")


def _kind(form: Mapping[str, str]) -> Attached:
    said = form.get("kind", "")
    return Attached(said) if said in set(Attached) else Attached.LINK


def _ordered(uow: UnitOfWork, tools: Toolbox, what: str) -> str:
    tools.use(Errands).soon(uow, ordering.MAKE)
    return tools.use(Words)("customer_groups/ordered.txt.j2", what=what)


# ── greetings ───────────────────────────────────────────────────────────────────────────


def _load_greetings(
    uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]
) -> Mapping[str, object]:
    kept = ordering.kept_greetings(uow)
    edited = ordering.kept_greeting(uow, number_in(query.get("edit", "")) or 0)
    kind = edited.words.kind if edited and "kind" not in query else _kind(query)
    return {
        "is_configured": bool(tools.use(Abilities).of(GroupBook)),
        "greetings": [{"of": one, "at": _when(one.at, tools)} for one in kept],
        "edited": edited,
        "kind": kind.value,
        "paths": _paths(tools, kind),
    }


def _paths(tools: Toolbox, kind: Attached) -> Sequence[str]:
    """Return the files that may go with a greeting, as far as their names tell."""
    if kind is Attached.LINK:
        return ()
    endings = _ENDINGS.get(kind, ("",))
    found = tools.use(MediaFolder).paths(most=_MOST_PATHS)
    return [path for path in found if path.lower().endswith(endings)]


_PICTURES = (".jpg", ".jpeg", ".png")
_ENDINGS = {
    Attached.IMAGE: _PICTURES,
    Attached.MINI_PROGRAM: _PICTURES,
    Attached.VIDEO: (".mp4",),
}
_MOST_PATHS = 2000


def _give_greetings_file(uow: UnitOfWork, tools: Toolbox, number: int) -> Download | None:
    """Return what goes with a greeting, as it is in the folder now."""
    kept, folder = ordering.kept_greeting(uow, number), tools.use(MediaFolder)
    found = folder.find(kept.words.path) if kept and kept.words.path else None
    if found is None:
        return None
    name = download_name(found.path, found.content_type, "file")
    return Download(name, found.content_type, lambda: folder.open(found.path))


pages = (
    Page(
        "groups",
        "客户群",
        "customer_groups/groups.html.j2",
        _load,
        {
            "reconcile": _reconcile,
            "make-way": _make_way,
            "try-way": _try_way,
            "take-way-back": _take_way_back,
            "fetch-picture": _fetch_picture,
        },
        files=_give_picture,
        aisle=Aisle.MEMBERS,
    ),
    Page(
        "greetings",
        "入群欢迎语",
        "customer_groups/greetings.html.j2",
        _load_greetings,
        {
            "add": _add_greeting,
            "draft": _draft_greeting,
            "change": _change_greeting,
            "hand-over": _hand_greeting_over,
            "drop": _drop_greeting,
            "try": _try_greeting,
        },
        files=_give_greetings_file,
        aisle=Aisle.CONTENT,
    ),
)
metrics = (
    Metric(
        "customer_groups_open",
        "Customer groups that the registry has",
        lambda uow: float(groups.count_open(uow)),
        title="客户群",
    ),
    Metric(
        "customer_groups_people",
        "Customers in customer groups, one in two groups counted twice",
        lambda uow: float(groups.count_customers(uow)),
        title="客户群里的客户（人次）",
    ),
    Metric(
        "customer_groups_due",
        "Customer groups that have to be read from the platform",
        lambda uow: float(groups.count_due(uow)),
        title="等着重读的客户群",
    ),
    Metric(
        "customer_groups_welcomes_late_last_24h",
        "Greetings of new friends that came too late in the last 24 hours",
        service.count_late_welcomes,
        title="24 小时内没赶上的好友欢迎语",
    ),
)
