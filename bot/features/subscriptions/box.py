"""Takes notes from other rooms: whether somebody may get one is decided here, and nowhere else."""

from collections.abc import Mapping, Sequence

from typing_extensions import override

from bot.commons import audit, members
from bot.features.subscriptions import service
from bot.features.subscriptions.rules import SubscriptionSettings
from bot.kernel.abilities import Abilities, Errands
from bot.kernel.following import NoteAnswer, NoteBox, NoteKind, TemplateMessages
from bot.kernel.ids import MemberId
from bot.kernel.work import Toolbox, UnitOfWork

SEND = "subscriptions.send"


class Box(NoteBox):
    """The one letter box; the toolbox is asked when a note comes, because it is filled later."""

    def __init__(self, tools: Toolbox) -> None:
        self._tools = tools

    @override
    def put(
        self,
        uow: UnitOfWork,
        member: MemberId,
        use: str,
        words: Mapping[str, str],
        *,
        key: str,
        url: str = "",
    ) -> NoteAnswer:
        template = self._tools.use(SubscriptionSettings).templates.get(use)
        channel = self._tools.use(Abilities).home(TemplateMessages)
        if template is None or channel is None:
            return NoteAnswer.NO_TEMPLATE
        names = [one for one in members.identities_of(uow, member) if one.channel == channel]
        if not names or service.is_gone(uow, member, channel):
            return NoteAnswer.NOT_THERE
        to = service.Address(member, channel, names[-1].identity)
        done = service.put(uow, to, template, words, use=use, key=key, url=url)
        if done is False:
            return NoteAnswer.NO_CONSENT
        if done:
            audit.record(uow, "bot", "subscriptions.note", use, member=member)
            self._tools.use(Errands).soon(uow, SEND)
        return NoteAnswer.QUEUED

    @override
    def agreed(self, uow: UnitOfWork, use: str, *, most: int) -> Sequence[MemberId]:
        template = self._tools.use(SubscriptionSettings).templates.get(use)
        channel = self._tools.use(Abilities).home(TemplateMessages)
        if template is None or channel is None or template.right is not NoteKind.ONCE:
            return ()
        return service.who_agreed(uow, channel, template.template_id, most=most)
