"""The members' pages: one's own submissions, and the gallery of what others allow to be seen."""

from collections.abc import Mapping

from bot.commons import members, submissions
from bot.commons.submissions import Credit, Wish
from bot.features.ugc import calls, intake, replies, service
from bot.features.ugc.rules import CREDIT_CHARS, TEXT_CHARS
from bot.kernel.community import Community
from bot.kernel.console import Download, number_in
from bot.kernel.feature import MemberPage
from bot.kernel.files import FileStore
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork

_MOST, _ON_A_PAGE = 30, 12


class BadName(service.NoSuchSubmission):
    """The name to be shown is empty or too long."""

    template = "ugc/bad_name.txt.j2"


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    now = uow.clock.now()
    views = submissions.mine(uow, member, most=_MOST)
    return {
        "views": [replies.words_of(uow, tools, view) for view in views],
        "draft": submissions.draft(uow, member),
        "calls": calls.open_calls(uow, tools, now),
        "asked": number_in(query.get("call", "")),
        "nickname": members.display_name(uow, member),
        "text_chars": TEXT_CHARS,
        "credit_chars": CREDIT_CHARS,
    }


def _send(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    """Take words from the page, together with what she has begun in the chat."""
    now = uow.clock.now()
    number = number_in(form.get("call", ""))
    call = service.call_of(uow, tools, number, now) if number else None
    draft, _ = intake.begin(uow, member, now, call)
    text = form.get("text", "").replace("\r\n", "\n")
    if text.strip():
        intake.add_words(uow, draft, text, now)
    sent, _ = service.send(uow, tools, member, now)
    view = service.choose(uow, tools, member, _wish(form, sent.number))
    return Reply("ugc/sent_page.txt.j2", replies.words_of(uow, tools, view))


def _choose(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    wish = _wish(form, number_in(form.get("item", "")) or 0)
    view = service.choose(uow, tools, member, wish)
    return Reply("ugc/chosen.txt.j2", {**replies.words_of(uow, tools, view), "in_group": False})


def _wish(form: Mapping[str, str], number: int) -> Wish:
    said = form.get("credit", "private")
    if said != Credit.NAME:
        credit = Credit.NICKNAME if said == Credit.NICKNAME else Credit.ANONYMOUS
        return Wish(number, said in set(Credit), credit)
    name = " ".join(form.get("name", "").split())
    if not 0 < len(name) <= CREDIT_CHARS:
        raise BadName("name", most=CREDIT_CHARS)
    return Wish(number, public=True, credit=Credit.NAME, name=name)


def _withdraw(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    number = number_in(form.get("item", "")) or 0
    view = service.withdraw(uow, tools, member, number)
    return Reply("ugc/withdrawn.txt.j2", {"view": view, "in_group": False})


def _gallery(
    uow: UnitOfWork, tools: Toolbox, _member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    before = number_in(query.get("before", ""))
    found = submissions.shown(uow, before=before, most=_ON_A_PAGE + 1)
    zone = tools.use(Community).zone
    shown = [
        {
            **replies.words_of(uow, tools, view),
            "day": view.sent_at and view.sent_at.astimezone(zone),
        }
        for view in found[:_ON_A_PAGE]
    ]
    last = found[_ON_A_PAGE - 1].number if len(found) > _ON_A_PAGE else None
    return {"shown": shown, "before": last}


def _give(uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int) -> Download | None:
    """Return a picture that she may see: of the gallery, or her own."""
    copy = submissions.picture(uow, number)
    if copy is None or not (copy.is_shown or copy.member == member):
        return None
    store = tools.use(FileStore)
    name = f"{copy.submission}-{number}.jpg"
    return Download(name, "image/jpeg", lambda: store.open(copy.clean), copy.clean)


member_pages = (
    MemberPage(
        "mine",
        "ugc/mine.html.j2",
        _load,
        title="投稿",
        acts={"send": _send, "choose": _choose, "withdraw": _withdraw},
        ask="我的投稿",
        files=_give,
    ),
    MemberPage(
        "gallery", "ugc/gallery.html.j2", _gallery, title="投稿精选", ask="我的投稿", files=_give
    ),
)
