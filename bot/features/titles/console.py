"""The operators' page of titles and of the events that their holders propose."""

from collections.abc import Mapping
from datetime import date

from bot.commons import members, outreach
from bot.commons.content import Pen, Shelf
from bot.commons.rowforms import Field, RowForm, Sort
from bot.features.titles import service
from bot.features.titles.matter import Titles
from bot.features.titles.service import BadForm, Proposed
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 200
_CLOSED = 20
_WORDS_CHARS, _TITLE_CHARS, _PLACE_CHARS = 300, 60, 60
_TITLE = RowForm(
    "titles",
    "titles.toml",
    "title",
    (Field("name"), Field("title"), Field("words"), Field("may_propose", Sort.CHECK)),
)


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    known, community = _titles(uow, tools), tools.use(Community)
    today, zone = community.day_of(uow.clock.now()), community.zone

    def seen(each: Proposed) -> Mapping[str, object]:
        return {**_called(uow, each.member), "one": each, "at": each.at.astimezone(zone)}

    return {
        "titles": known.title,
        "edit": _TITLE.load(tools, query),
        "today": today,
        "names": {each.name: each.title for each in known.title},
        "holders": [
            {**_called(uow, held.member), "held": held}
            for held in service.holders(uow, today, most=_MOST)
        ],
        "open": [seen(each) for each in service.proposals(uow, is_open=True, most=_MOST)],
        "closed": [seen(each) for each in service.proposals(uow, is_open=False, most=_CLOSED)],
        "words_chars": _WORDS_CHARS,
        "title_chars": _TITLE_CHARS,
    }


def _titles(uow: UnitOfWork, tools: Toolbox) -> Titles:
    return tools.use(Shelf).at_hand(uow.clock.now()).library.table(Titles) or Titles()


def _called(uow: UnitOfWork, member: MemberId) -> dict[str, object]:
    return {"member": member, "name": members.display_name(uow, member) or ""}


def _give(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    title = _titles(uow, tools).of(form.get("title", ""))
    if title is None:
        raise BadForm("no such title", why="no_title")
    found = members.look_for(uow, form.get("q", "").strip()[:100], most=2)
    if len(found) != 1:
        raise BadForm("who?", why="several" if found else "nobody")
    until, today = _until(form.get("until", "")), tools.use(Community).day_of(uow.clock.now())
    why = _line(form, "why")
    service.give(uow, found[0], title.name, until=until, today=today, who=who, why=why)
    said = {**_called(uow, found[0]), "title": title.title, "until": until, "deed": "given"}
    return tools.use(Words)("titles/title_acted.txt.j2", **said)


def _until(asked: str) -> date | None:
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError:
        raise BadForm("no day", why="no_day") from None


def _line(form: Mapping[str, str], name: str) -> str:
    return " ".join(form.get(name, "").split())[:_WORDS_CHARS]


def _end(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    if not service.end(uow, number_in(form.get("held", "")) or 0, who=who, why=_line(form, "why")):
        raise BadForm("no such title", why="gone")
    said = {"member": 0, "name": "", "title": "", "until": None, "deed": "ended"}
    return tools.use(Words)("titles/title_acted.txt.j2", **said)


def _approve(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    """Approve a proposal: write the file of a salon, and tell her.

    The file is written last, so that none is there when the rest did not come to be.
    """
    proposal = service.proposal(uow, number_in(form.get("proposal", "")) or 0)
    if proposal is None or proposal.state != "open":
        raise BadForm("no such proposal", why="gone")
    pen, title = tools.use(Pen), _line(form, "title")[:_TITLE_CHARS]
    if not title:
        raise BadForm("no title", why="no_name")
    capacity = form.get("capacity", "").strip()
    if capacity and number_in(capacity) is None:
        raise BadForm("no number", why="capacity")
    matter = {
        "title": title,
        "kind": "interactive",
        "stage": "consideration",
        "starts_at": form.get("starts_at", "").strip(),
        "place": _line(form, "place")[:_PLACE_CHARS],
        "capacity": number_in(capacity),
    }
    writing = pen.draft(pen.free_path("salons", title), matter, proposal.words)
    _decided(uow, tools, proposal, reply=_line(form, "reply"), who=who, path=writing.path)
    pen.write(writing)
    return tools.use(Words)("titles/decided.txt.j2", path=writing.path)


def _decline(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    proposal = service.proposal(uow, number_in(form.get("proposal", "")) or 0)
    reply = _line(form, "reply")
    if proposal is None or proposal.state != "open":
        raise BadForm("no such proposal", why="gone")
    if not reply:
        raise BadForm("no reply", why="no_reply")
    _decided(uow, tools, proposal, reply=reply, who=who)
    return tools.use(Words)("titles/decided.txt.j2", path="")


def _decided(
    uow: UnitOfWork, tools: Toolbox, proposal: Proposed, *, reply: str, who: str, path: str = ""
) -> None:
    """Approve a proposal with a file, decline it without, and tell her."""
    number, state = proposal.id, "approved" if path else "declined"
    if service.decide(uow, number, state, reply=reply, path=path, who=who) is None:
        raise BadForm("decided meanwhile", why="gone")
    letter = outreach.Letter(
        f"titles.proposal:{number}",
        "对你提议的活动的回复",
        outreach.Purpose.SERVICE,
        "titles/proposal_answer.txt.j2",
        {"is_approved": state == "approved", "reply": reply, "words": proposal.words},
    )
    outreach.tell(uow, tools, proposal.member, letter)


pages = (
    Page(
        "titles",
        "头衔与提议",
        "titles/titles.html.j2",
        _load,
        {"give": _give, "end": _end, "approve": _approve, "decline": _decline, **_TITLE.actions},
        aisle=Aisle.MEMBERS,
    ),
)
metrics = (
    Metric(
        "proposals_waiting",
        "Proposed events that wait for an operator",
        service.waiting,
        title="等着回复的活动提议",
        waits_on="titles",
    ),
)
