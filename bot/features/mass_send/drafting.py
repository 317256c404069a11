"""A mass send that an operator drafts by hand: a content file, groups, a look at it, a word."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.commons import audit, content
from bot.commons.content import ContentFile, Shelf, Shelved
from bot.commons.mass_send import Matter, keep, matters_of, tell_group
from bot.features.mass_send import moments
from bot.features.mass_send.rules import MOMENTS
from bot.kernel.abilities import Errands
from bot.kernel.capability import Capability, Doors
from bot.kernel.community import Community
from bot.kernel.console import number_in
from bot.kernel.errors import ContentError, Refusal
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.messages import Image, Part
from bot.kernel.ports import Group, Groups
from bot.kernel.work import Toolbox, UnitOfWork

_GROUP = "g:"
_MOST_GROUPS = 500
_USERID = re.compile(r"[0-9A-Za-z_.@-]{1,64}")
_MOMENT = Capability(chats=(), source="path/95094, 2026-07", text_bytes=4000, images=True)


class NothingChosen(Refusal):
    """No file that can go out today, or no group."""

    template = "mass_send/nothing_chosen.txt.j2"


class NotRendered(Refusal):
    """The file has a mistake."""

    template = "mass_send/not_rendered.txt.j2"


def form_of(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    """Return what the form offers, and how what was chosen will look."""
    now = uow.clock.now()
    shelved = tools.use(Shelf).look(now)
    files, offered = files_of(tools, shelved, uow), _offered(tools)
    file, groups = files.get(query.get("file", "")), _chosen(offered, query)
    return {
        "files": sorted(files.values(), key=lambda each: each.path),
        "groups": offered[:_MOST_GROUPS],
        "file": file,
        "chosen": {group.id for group in groups},
        "preview": _preview(uow, tools, file, groups) if file and groups else None,
        "stamp": int(now.timestamp() * 1000),
        "asked": bool(query.get("file")),
    }


def files_of(tools: Toolbox, shelved: Shelved, uow: UnitOfWork) -> Mapping[str, ContentFile]:
    """Return the content files that can go out today."""
    today = tools.use(Community).day_of(uow.clock.now())
    return {path: file for path, file in shelved.library.files.items() if file.may_go_out(today)}


def _offered(tools: Toolbox) -> Sequence[Group]:
    doors = tools.use(Doors)
    groups = tools.use(Groups).by_id.values()
    return [group for group in groups if doors.of(group.channel).needs_human_confirm]


def _chosen(offered: Sequence[Group], form: Mapping[str, str]) -> Sequence[Group]:
    if form.get("all"):
        return offered
    return [group for group in offered if f"{_GROUP}{group.id}" in form]


def _parts(uow: UnitOfWork, tools: Toolbox, file: ContentFile, group: Group) -> Sequence[Part]:
    community = tools.use(Community)
    day = community.day_of(uow.clock.now())
    called = content.EVERYBODY if group.id else content.SOMEBODY
    names = content.names_for(community.name, group.name, day, called=called)
    return content.parts_of(content.render(file, **names), file.media, file.title)


def _preview(
    uow: UnitOfWork, tools: Toolbox, file: ContentFile, groups: Sequence[Group]
) -> Mapping[str, object]:
    """Return the words as the first group reads them, and who has to confirm for how many."""
    door = tools.use(Doors).of(groups[0].channel)
    try:
        matters = matters_of(_parts(uow, tools, file, groups[0]), door)
    except ContentError:
        matters = [Matter()]
    pictures = [one.path for each in matters for one in each.attachments if isinstance(one, Image)]
    return {
        "text": matters[0].text,
        "pictures": pictures,
        "is_broken": not (matters[0].text or pictures),
        "owners": sorted(Counter(group.owner for group in groups).items()),
        "count": len(groups),
    }


def nobody(tools: Toolbox) -> Group:
    """Return what stands for the group where there is none: the whole community."""
    return Group(GroupId(""), tools.use(Community).name, ChannelName(""), "")


def draft_moment(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> int:
    """Draft a moment; the same form twice is one. Return how many are asked to publish.

    Raises:
        NothingChosen: no file that can go out today, or nobody who could publish.
        NotRendered: the file has a mistake.
    """
    shelved = tools.use(Shelf).at_hand(uow.clock.now())
    file = files_of(tools, shelved, uow).get(form.get("file", ""))
    words = form.get("publishers", "").replace(",", " ").replace("，", " ").split()
    publishers, stamp = tuple(dict.fromkeys(words)), number_in(form.get("stamp", ""))
    is_known = all(_USERID.fullmatch(each) for each in publishers)
    if file is None or not publishers or not is_known or not stamp:
        raise NothingChosen("file or publishers", is_moment=True, is_customers=False)
    parts = parts_or_refuse(uow, tools, file, nobody(tools))
    matter = matters_of(parts, _MOMENT)[0]
    if moments.draft(uow, keep(uow, matter), publishers, f"moment:{who}:{stamp}"):
        audit.record(uow, who, "moment.drafted", f"{file.path}: {len(publishers)} publishers")
        tools.use(Errands).soon(uow, MOMENTS)
    return len(publishers)


def parts_or_refuse(
    uow: UnitOfWork, tools: Toolbox, file: ContentFile, group: Group
) -> Sequence[Part]:
    """Return what a file says to a group.

    Raises:
        NotRendered: the file has a mistake.
    """
    try:
        return _parts(uow, tools, file, group)
    except ContentError as exc:
        raise NotRendered(file.path, file=file.path) from exc


def draft(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> int:
    """Draft what was previewed; the same form twice is one draft. Return for how many groups.

    Raises:
        NothingChosen: no file that can go out today, or no group.
        NotRendered: the file has a mistake.
    """
    shelved = tools.use(Shelf).at_hand(uow.clock.now())
    file = files_of(tools, shelved, uow).get(form.get("file", ""))
    groups, stamp = _chosen(_offered(tools), form), number_in(form.get("stamp", ""))
    if file is None or not groups or not stamp:
        raise NothingChosen("file or groups", is_moment=False, is_customers=False)
    parts: Sequence[Part] = ()
    for group in groups:
        if not parts or content.speaks_of_group(file):
            parts = parts_or_refuse(uow, tools, file, group)
        key = f"hand:{who}:{stamp}:{group.id}"
        tell_group(uow, tools.use(Doors), group, parts, key=key, why="console")
    audit.record(uow, who, "mass_send.drafted", f"{file.path}: {len(groups)} groups")
    return len(groups)
