"""The operators' page of advisors: who is there, who has left, who is called otherwise."""

from collections.abc import Mapping

from bot.commons import staff
from bot.kernel.community import Advisors
from bot.kernel.console import Aisle, Page
from bot.kernel.work import Toolbox, UnitOfWork


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    return {"people": staff.standing(uow, tools.use(Advisors))}


pages = (Page("advisors", "顾问", "contacts/advisors.html.j2", _load, aisle=Aisle.RECEPTION),)
