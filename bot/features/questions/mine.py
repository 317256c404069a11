"""The members' page: what is published, asking, one's own questions."""

from collections.abc import Mapping
from functools import partial

from bot.commons.wording import tidy
from bot.features.questions import reads, replies, service
from bot.features.questions.rules import MOST_CHARS, QuestionSettings
from bot.kernel.console import number_in
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 50


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, _query: Mapping[str, str]
) -> Mapping[str, object]:
    return {
        "own": reads.of_member(uow, member, most=_MOST),
        "questions": [replies.public(uow, each) for each in reads.published(uow, most=_MOST)],
        "draft": reads.draft_of(uow, member),
        "most_chars": MOST_CHARS,
        "hours": tools.use(QuestionSettings).remind_after_h,
    }


def _ask(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    asked = service.ask(uow, tools, member, tidy(form.get("words", "")))
    if form.get("named") and asked.question is not None:
        service.show_name(uow, member, asked.question.id, shown=True)
    return _asked(uow, tools, asked)


def _all_the_same(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, _form: Mapping[str, str]
) -> Reply:
    return _asked(uow, tools, service.ask_all_the_same(uow, tools, member))


def _asked(uow: UnitOfWork, tools: Toolbox, asked: service.Asked) -> Reply:
    data = {
        "asked": asked,
        "similar": [replies.public(uow, each) for each in asked.similar],
        "in_group": False,
        "hours": tools.use(QuestionSettings).remind_after_h,
    }
    return Reply("questions/asked.txt.j2", data)


def _number(form: Mapping[str, str]) -> int:
    return number_in(form.get("question", "")) or 0


def _change(uow: UnitOfWork, _: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    service.change(uow, member, _number(form), tidy(form.get("words", "")))
    return Reply("questions/said.txt.j2", {"what": "changed", "number": _number(form)})


def _withdraw(uow: UnitOfWork, _: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    service.withdraw(uow, member, _number(form))
    return Reply("questions/said.txt.j2", {"what": "withdrawn", "number": _number(form)})


def _name(
    uow: UnitOfWork, _: Toolbox, member: MemberId, form: Mapping[str, str], *, shown: bool
) -> Reply:
    service.show_name(uow, member, _number(form), shown=shown)
    what = "named" if shown else "unnamed"
    return Reply("questions/said.txt.j2", {"what": what, "number": _number(form)})


member_pages = (
    MemberPage(
        "all",
        "questions/all.html.j2",
        _load,
        title="问答",
        acts={
            "ask": _ask,
            "all-the-same": _all_the_same,
            "change": _change,
            "withdraw": _withdraw,
            "name": partial(_name, shown=True),
            "hide-name": partial(_name, shown=False),
        },
        ask="问答",
    ),
)
