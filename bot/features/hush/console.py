"""The operators' page of those whom no way led to."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.commons import members, outreach
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 200
_RECENT = 10


class NotThere(Refusal):
    """The letter is not as the page showed it."""

    template = "hush/settled.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    return {
        "letters": [_row(uow, zone, one) for one in outreach.unreached(uow, most=_MOST)],
        "settled": [_row(uow, zone, one) for one in outreach.settled(uow, most=_RECENT)],
        "most": _MOST,
    }


def _row(uow: UnitOfWork, zone: ZoneInfo, letter: outreach.Unreached) -> Mapping[str, object]:
    return {
        "id": letter.id,
        "member": letter.member,
        "name": members.display_name(uow, letter.member) or "",
        "identities": members.identities_of(uow, letter.member),
        "subject": letter.subject,
        "purpose": letter.purpose.value,
        "takes_calls": outreach.takes_calls(uow, letter.member),
        "at": letter.at.astimezone(zone).strftime("%m-%d %H:%M"),
    }


def _settle(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    letter, undo = number_in(form.get("letter", "")), form.get("undo") == "1"
    if letter is None or not outreach.settle(uow, letter, who=who, undo=undo):
        raise NotThere("no such letter", done=False, undo=undo)
    return tools.use(Words)("hush/settled.txt.j2", done=True, undo=undo)


def _count(uow: UnitOfWork) -> float:
    return float(len(outreach.unreached(uow, most=10_000)))


pages = (
    Page(
        "unreached",
        "没联系上的人",
        "hush/unreached.html.j2",
        _load,
        {"settle": _settle},
        aisle=Aisle.RECEPTION,
    ),
)
metrics = (
    Metric(
        "letters_unreached",
        "Messages to members that no door could carry and nobody has seen to",
        _count,
        title="没联系上的人",
        waits_on="unreached",
    ),
)
