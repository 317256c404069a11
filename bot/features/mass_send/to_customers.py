"""A mass send to customers, drafted by hand: a content file, colleagues, tags, a look, a word."""

from collections.abc import Mapping, Sequence

from bot.commons import audit, customers, groups
from bot.commons.content import ContentFile, Shelf
from bot.commons.customers import Friend
from bot.commons.mass_send import Matter, matters_of, tell_customers
from bot.features.mass_send import drafting
from bot.features.mass_send.choosing import Choice, Counter, Wish
from bot.features.mass_send.drafting import NothingChosen, NotRendered
from bot.kernel.abilities import Abilities, MassSendTasks
from bot.kernel.capability import Doors
from bot.kernel.community import Community
from bot.kernel.console import number_in
from bot.kernel.errors import Refusal
from bot.kernel.messages import Image
from bot.kernel.work import Toolbox, UnitOfWork

MOST = 20_000
"""Customers of one mass send by hand."""
_COLLEAGUE, _TAG = "c:", "t:"
_NAMES_SHOWN = 100
_COLLEAGUES_SHOWN = 300


class NobodyLeft(Refusal):
    """All who were chosen are left out."""

    template = "mass_send/nobody_left.txt.j2"


class TooMany(Refusal):
    """More customers than one mass send by hand goes to."""

    template = "mass_send/too_many.txt.j2"


def counter_of(tools: Toolbox) -> Counter | None:
    """Return where mass sends to customers go out; None without such a channel."""
    abilities = tools.use(Abilities)
    door, channel = abilities.one(MassSendTasks), abilities.home(MassSendTasks)
    return None if door is None or channel is None else Counter(channel, door.quota)


def form_of(
    uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]
) -> Mapping[str, object] | None:
    """Return what the form offers, and who would get what was chosen."""
    now, counter = uow.clock.now(), counter_of(tools)
    if counter is None:
        return None
    files = drafting.files_of(tools, tools.use(Shelf).look(now), uow)
    file = files.get(query.get("file", ""))
    known = customers.colleagues(uow, counter.channel)
    wish = _wish(uow, known, query)
    last = customers.last_round(uow)
    read_at = last.completed_at if last else None
    return {
        "files": sorted(files.values(), key=lambda each: each.path),
        "file": file,
        "colleagues": [_colleague(uow, *each) for each in list(known.items())[:_COLLEAGUES_SHOWN]],
        "tag_groups": customers.tags(uow),
        "everybody": bool(query.get("all")),
        "chosen": set(wish.colleagues),
        "tags": frozenset[str]().union(*wish.tags),
        "read_at": read_at.astimezone(tools.use(Community).zone) if read_at else None,
        "preview": _preview(uow, tools, counter, file, wish) if file and wish.colleagues else None,
        "stamp": int(now.timestamp() * 1000),
        "asked": bool(query.get("file")),
    }


def _colleague(uow: UnitOfWork, userid: str, count: int) -> Mapping[str, object]:
    return {"userid": userid, "name": groups.name_of(uow, userid), "count": count}


def _wish(uow: UnitOfWork, known: Mapping[str, int], form: Mapping[str, str]) -> Wish:
    everybody = bool(form.get("all"))
    wanted = [who for who in known if everybody or f"{_COLLEAGUE}{who}" in form]
    marks = [
        frozenset(tag.id for tag in group.tags if f"{_TAG}{tag.id}" in form)
        for group in customers.tags(uow)
    ]
    return Wish(wanted, [group for group in marks if group])


def _matters(uow: UnitOfWork, tools: Toolbox, counter: Counter, file: ContentFile) -> list[Matter]:
    parts = drafting.parts_or_refuse(uow, tools, file, drafting.nobody(tools))
    matters = matters_of(parts, tools.use(Doors).of(counter.channel))
    if not (matters[0].text or matters[0].attachments):
        raise NotRendered(file.path, file=file.path)
    return matters


def _preview(
    uow: UnitOfWork, tools: Toolbox, counter: Counter, file: ContentFile, wish: Wish
) -> Mapping[str, object]:
    """Return the words, who gets them from whom, and who does not and why."""
    try:
        matters = _matters(uow, tools, counter, file)
    except NotRendered:
        return {"is_broken": True}
    choice = counter.choose(uow, tools, wish, [matter.digest for matter in matters])
    attached = [one for each in matters for one in each.attachments]
    return {
        "is_broken": False,
        "text": matters[0].text,
        "pictures": [one.path for one in attached if isinstance(one, Image)],
        "count": len(choice.chosen),
        "names": _names(choice.chosen),
        "senders": sorted(choice.senders.items()),
        "left": choice.left,
        "left_out": {why.value: _names(friends) for why, friends in choice.left_out.items()},
        "left_counts": {why.value: len(friends) for why, friends in choice.left_out.items()},
    }


def _names(friends: Sequence[Friend]) -> list[str]:
    """Return what to call some of them: without a name, the end of the platform's id."""
    return [friend.name or friend.identity[-6:] for friend in friends[:_NAMES_SHOWN]]


def draft(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> Choice:
    """Draft what was previewed, for whoever may get it now; return who does and who does not.

    The same form twice is one draft: who has had the same words is left out.

    Raises:
        NothingChosen: no file that can go out today, or nobody who could send.
        NotRendered: the file has a mistake.
        NobodyLeft: all who were chosen are left out.
        TooMany: more than one mass send by hand goes to.
    """
    if (counter := counter_of(tools)) is None:
        raise NothingChosen("no channel", is_moment=False, is_customers=True)
    uow.take_turns({f"mass_send:{counter.channel}"})
    file = drafting.files_of(tools, tools.use(Shelf).at_hand(uow.clock.now()), uow).get(
        form.get("file", "")
    )
    wish = _wish(uow, customers.colleagues(uow, counter.channel), form)
    stamp = number_in(form.get("stamp", ""))
    if file is None or not wish.colleagues or not stamp:
        raise NothingChosen("file or colleagues", is_moment=False, is_customers=True)
    matters = _matters(uow, tools, counter, file)
    choice = counter.choose(uow, tools, wish, [matter.digest for matter in matters])
    counts = {why.value: len(friends) for why, friends in choice.left_out.items()}
    if not choice.chosen:
        raise NobodyLeft(file.path, counts=counts)
    if len(choice.chosen) > MOST:
        raise TooMany(file.path, count=len(choice.chosen), most=MOST)
    chosen = [(friend.identity, friend.colleague) for friend in choice.chosen]
    key = f"hand:{who}:{stamp}:{file.path}"
    tell_customers(uow, counter.channel, chosen, matters, key=key, why="console")
    left = ", ".join(f"{count} {why}" for why, count in sorted(counts.items())) or "nobody"
    about = f"{file.path}: {len(chosen)} customers of {len(choice.senders)}; left out: {left}"
    audit.record(uow, who, "mass_send.drafted", about)
    return choice
