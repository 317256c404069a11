"""The doors of the desk: its inbox, and the page of a case."""

from datetime import datetime

from bot.commons import cases, media, members, reception
from bot.features.desk import inbox, reading, service
from bot.kernel.community import Community
from bot.kernel.console import Download
from bot.kernel.feature import Metric
from bot.kernel.files import FileStore
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork
from bot.kernel.workbench import Asked, DeskPage


def _accept(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    service.accept(uow, tools, asked)
    return _said(tools, "accepted")


def _reply(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    service.reply(uow, tools, asked)
    return _said(tools, "replied")


def _say_instead(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    service.say_instead(uow, tools, asked)
    return _said(tools, "replied")


def _retry(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    service.retry(uow, tools, asked)
    return _said(tools, "again")


def _transfer(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    name = service.transfer(uow, tools, asked)
    return _said(tools, "transferred" if name else "put_back", name=name)


def _snooze(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    return _said(tools, "snoozed", at=_when(uow, tools, service.snooze(uow, tools, asked)))


def _note(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    service.note(uow, tools, asked)
    return _said(tools, "noted")


def _promise(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    return _said(tools, "promised", at=_when(uow, tools, service.promise(uow, tools, asked)))


def _settle(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    return _said(tools, "kept" if service.settle(uow, tools, asked) else "broken")


def _finish(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    return _said(tools, "closed" if service.finish(uow, tools, asked) else "resolved")


def _reopen(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    found = service.reopen(uow, tools, asked)
    return _said(tools, "reopened" if found.case == asked.number else "opened_anew")


def _judge(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    return _said(tools, f"found_{service.judge(uow, tools, asked)}")


def _said(tools: Toolbox, what: str, *, name: str = "", at: str = "") -> str:
    return tools.use(Words)("desk/done.txt.j2", what=what, name=name, at=at)


def _when(uow: UnitOfWork, tools: Toolbox, at: datetime) -> str:
    return reception.when(at, uow.clock.now(), tools.use(Community))


def _give(uow: UnitOfWork, tools: Toolbox, number: int) -> Download | None:
    """Return a file that the member of a case has sent."""
    ref = media.one(uow, number)
    if ref is None or not _is_of_a_case(uow, ref):
        return None
    return media.download(tools.use(FileStore), ref)


def _is_of_a_case(uow: UnitOfWork, ref: media.Ref) -> bool:
    member = members.find(uow, ref.channel, ref.sender) if ref.sender else None
    return member is not None and bool(cases.of_member(uow, member, most=1))


desk = (
    DeskPage(
        "",
        "收件箱",
        "desk/inbox.html.j2",
        inbox.page,
        mark=inbox.mark,
        count=inbox.number_waiting,
        place=1,
    ),
    DeskPage(
        "cases",
        "会话",
        "desk/case.html.j2",
        reading.page,
        {
            "accept": _accept,
            "reply": _reply,
            "instead": _say_instead,
            "retry": _retry,
            "transfer": _transfer,
            "snooze": _snooze,
            "note": _note,
            "promise": _promise,
            "settle": _settle,
            "finish": _finish,
            "reopen": _reopen,
            "judge": _judge,
        },
        files=_give,
        mark=reading.mark,
        numbered=True,
    ),
)
metrics = (
    Metric(
        "cases_waiting",
        "Members who wait for a word of a human",
        inbox.all_waiting,
        title="等真人说话的会员",
    ),
)
