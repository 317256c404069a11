"""The members' page: what can be tried, applying with consent, answers, feedback."""

from collections.abc import Mapping

from bot.commons.wording import tidy
from bot.features.trials import reads, replies, service
from bot.features.trials.rules import ANSWER_CHARS
from bot.kernel.console import number_in
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork

_MOST_QUESTIONS = 10


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    asked = number_in(query.get("trial", ""))
    own = [reads.trial(uow, one.trial) for one in reads.of_member(uow, member)]
    found = {each.id: each for each in [*reads.open_trials(uow), *own] if each is not None}
    chosen = [each for each in found.values() if asked in {None, each.id}]
    return {
        "trials": [replies.seen(uow, tools, each, member) for each in chosen],
        "most_chars": ANSWER_CHARS,
    }


def _number(form: Mapping[str, str]) -> int:
    return number_in(form.get("trial", "")) or 0


def _answers(form: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(tidy(form.get(f"answer-{n}", "")) for n in range(_MOST_QUESTIONS))


def _apply(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    number, now = _number(form), uow.clock.now()
    wish = service.Wish(member, number, now, answers=_answers(form))
    applied = service.apply(uow, tools, wish)
    shown = form.get("wording") == service.wording(applied.trial)
    if applied.application.state == "reading" and shown and form.get("agree"):
        agreed = service.Wish(member, number, now, agreed=True, answers=_answers(form))
        applied = service.apply(uow, tools, agreed)
    data = replies.seen(uow, tools, applied.trial, member)
    data |= {"applied": applied, "in_group": False, "url": ""}
    return Reply("trials/applied.txt.j2", data)


def _cancel(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    found = service.cancel(uow, tools, member, _number(form))
    return Reply("trials/cancelled.txt.j2", {"trial": found})


def _answer(uow: UnitOfWork, _: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    service.answer(uow, member, _number(form), _answers(form))
    return Reply("trials/answered.txt.j2", {})


def _feedback(uow: UnitOfWork, _: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    found = service.give_feedback(uow, member, _number(form), _answers(form))
    return Reply("trials/thanks.txt.j2", {"trial": found, "url": "", "more": False})


member_pages = (
    MemberPage(
        "all",
        "trials/all.html.j2",
        _load,
        title="试用",
        acts={"apply": _apply, "cancel": _cancel, "answer": _answer, "feedback": _feedback},
        ask="申请",
    ),
)
