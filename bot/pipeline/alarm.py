"""Tells operators when the trip of a message ended in their hands."""

from datetime import datetime

from bot.commons.notices import WHY, Notices, tell_operators
from bot.kernel.desk import NoticeLevel
from bot.kernel.errors import PlatformError, Undeliverable
from bot.kernel.ids import InboxId, OutboxId
from bot.kernel.messages import Outgoing
from bot.kernel.metrics import PARKED
from bot.kernel.ports import Words
from bot.kernel.work import UnitOfWork


class Alarm:
    """One notice for each item.

    A notice that does not arrive is told in the console only, or it would go round for ever.
    """

    def __init__(self, notices: Notices, words: Words) -> None:
        self._notices = notices
        self._words = words

    def update_parked(self, uow: UnitOfWork, item: InboxId, channel: str, at: datetime) -> None:
        """An update was given up; `at` tells this parking from an earlier one."""
        PARKED.labels("inbox").inc()
        text = self._words("pipeline/inbox_parked.txt.j2", item=item, channel=channel)
        key = f"inbox:{item}:{at.isoformat()}"
        self._notices.tell(uow, key=key, text=text, level=NoticeLevel.ERROR)

    def message_ended(
        self,
        uow: UnitOfWork,
        item: OutboxId,
        outgoing: Outgoing,
        status: str,
        error: PlatformError | None = None,
    ) -> None:
        """A message is `parked` or `maybe`."""
        PARKED.labels("outbox").inc()
        code = error.code if error else 0
        template = f"pipeline/outbox_{status}.txt.j2"
        text = self._words(template, item=item, channel=outgoing.channel, code=code)
        to = () if outgoing.why == WHY else self._notices.to
        tell_operators(uow, key=f"outbox:{item}:{status}", text=text, to=to)
        if isinstance(error, Undeliverable) and error.channel_off:
            off = self._words("pipeline/channel_off.txt.j2", channel=outgoing.channel, code=code)
            hour = uow.clock.now().strftime("%Y%m%d%H")
            key = f"off:{outgoing.channel}:{hour}"
            tell_operators(uow, key=key, text=off, level=NoticeLevel.ERROR, to=to)
