"""Canned answers (常用语): files in `content/replies/`, filled in for one member."""

from collections.abc import Mapping, Sequence

from bot.commons import members, salutations, staff
from bot.commons.cases import Case
from bot.commons.content import SOMEBODY, Shelf, names_for, render
from bot.features.desk.matter import ADVISOR, CALLED, SHOP, TODAY, ReplyMatter
from bot.kernel.community import Community
from bot.kernel.errors import ContentError
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork
from bot.kernel.workbench import Colleague

FOLDER = "replies"


def canned(
    uow: UnitOfWork, tools: Toolbox, case: Case, who: Colleague
) -> Sequence[Mapping[str, object]]:
    """Return the canned answers that may be used today, each as it would be sent."""
    now, community = uow.clock.now(), tools.use(Community)
    today = community.day_of(now)
    her = salutations.salutation_of(uow, case.member)
    names = names_for(community.name, "", today, called=her or SOMEBODY)
    names[CALLED] = her or members.display_name(uow, case.member) or _you(tools)
    names[ADVISOR] = staff.name_of(uow, tools, who.userid) or who.userid
    names[SHOP], names[TODAY] = community.name, names["date"]
    found = []
    for file in tools.use(Shelf).look(now).library.below(FOLDER):
        if not isinstance(file.matter, ReplyMatter) or not file.may_go_out(today):
            continue
        try:
            words = render(file, **names)
        except ContentError:  # `bot check` names it; the others can be used
            continue
        keys = " ".join([file.title, *file.tags, file.scene, *file.matter.keys, words])
        found.append({"title": file.title, "words": words, "keys": keys.lower()})
    return found


def _you(tools: Toolbox) -> str:
    return tools.use(Words)("desk/you.txt.j2")
