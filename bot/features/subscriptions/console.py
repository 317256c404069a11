"""The operators' page of notes by template: who agreed to how many, what became of them."""

from collections.abc import Mapping

from bot.commons import members
from bot.features.subscriptions import service
from bot.features.subscriptions.rules import SubscriptionSettings
from bot.kernel.abilities import Abilities
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.following import TemplateMessages
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_NOTES_SHOWN = 50


class NotSettled(Refusal):
    """There is nothing to settle."""

    template = "subscriptions/settled.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    settings, zone = tools.use(SubscriptionSettings), tools.use(Community).zone
    open_consents = service.open_consents(uow)
    known = {one.template_id for one in settings.templates.values()}
    return {
        "channel": tools.use(Abilities).home(TemplateMessages),
        "templates": [
            {
                "use": use,
                "title": one.title,
                "kind": one.kind,
                "agreed": open_consents.get(one.template_id, 0),
            }
            for use, one in settings.templates.items()
        ],
        "others": {
            template: count for template, count in open_consents.items() if template not in known
        },
        "gone": int(service.count_gone(uow)),
        "notes": [
            {
                "id": note.id,
                "name": members.display_name(uow, MemberId(note.member)) or "",
                "member": note.member,
                "use": note.use,
                "status": note.status,
                "reason": note.reason,
                "at": f"{note.asked_at.astimezone(zone):%Y-%m-%d %H:%M}",
            }
            for note in service.latest(uow, most=_NOTES_SHOWN)
        ],
    }


def _settle(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    note = number_in(form.get("note", ""))
    if note is None or not service.settle(uow, note, who):
        raise NotSettled("no such note", done=False)
    return tools.use(Words)("subscriptions/settled.txt.j2", done=True)


pages = (
    Page(
        "subscriptions",
        "订阅通知",
        "subscriptions/subscriptions.html.j2",
        _load,
        {"settle": _settle},
        aisle=Aisle.SYSTEM,
    ),
)
metrics = (
    Metric(
        "notes_sent_last_24h",
        "Notes by template sent in the last 24 hours",
        service.count_sent,
        "24 小时内发出的通知",
    ),
)
