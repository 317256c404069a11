"""A member's page of the notes that she agreed to: agree to one more, take them back."""

from collections.abc import Mapping

from bot.commons import audit
from bot.features.subscriptions import service
from bot.features.subscriptions.rules import SubscriptionSettings
from bot.kernel.abilities import Abilities
from bot.kernel.errors import Refusal
from bot.kernel.feature import MemberPage
from bot.kernel.following import NoteKind, TemplateMessages
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork


class NothingToTakeBack(Refusal):
    """She has not agreed to such notes; nothing was written."""

    template = "subscriptions/nothing_to_take_back.txt.j2"


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, _query: Mapping[str, str]
) -> Mapping[str, object]:
    channel = tools.use(Abilities).home(TemplateMessages)
    templates = tools.use(SubscriptionSettings).templates if channel else {}
    counts = service.open_of(uow, member, channel) if channel else {}
    return {
        "notes": [
            {
                "use": use,
                "title": one.title,
                "template": one.template_id,
                "agreed": counts.get(one.template_id, 0),
            }
            for use, one in templates.items()
            if one.right is NoteKind.ONCE
        ]
    }


def _take_back(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    channel = tools.use(Abilities).home(TemplateMessages)
    template = tools.use(SubscriptionSettings).templates.get(form.get("use", ""))
    if template is None or channel is None:
        raise NothingToTakeBack("no such note")
    if not service.open_of(uow, member, channel).get(template.template_id):
        raise NothingToTakeBack("nothing agreed")
    service.withdraw(uow, member, channel, template.template_id)
    audit.record(uow, "member", "subscriptions.taken_back", form["use"], member=member)
    return Reply("subscriptions/taken_back.txt.j2", {"title": template.title})


member_pages = (
    MemberPage(
        "mine",
        "subscriptions/mine.html.j2",
        _load,
        title="提醒",
        acts={"take-back": _take_back},
        listed=False,
        wechat=True,
    ),
)
