"""Finds again what was said, for whoever shows what members think of it."""

from typing_extensions import override

from bot.kernel.desk import Answer, Answers
from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import outbox
from bot.pipeline.transcript import words_of

_SAID = Statement(
    "SELECT payload FROM outbox WHERE key = :key AND channel = :channel AND payload <> ''"
)
# all words of an answer are in one message, which is one of the first
_ANSWERED = Statement(
    "SELECT payload FROM outbox WHERE channel = :channel AND payload <> '' AND key IN ("
    + ", ".join(f"'reply:' || CAST(:inbox AS TEXT) || ':{number}'" for number in range(4))
    + ") ORDER BY id LIMIT 1"
)
_HEARD = Statement("SELECT id FROM inbox WHERE channel = :channel AND key = :key")


class Said(Answers):
    """Looks into the books."""

    @override
    def find(self, uow: UnitOfWork, channel: ChannelName, key: str) -> Answer | None:
        rows = uow.run(_SAID, channel=channel, key=key)
        for (inbox,) in () if rows else uow.run(_HEARD, channel=channel, key=key):
            rows = uow.run(_ANSWERED, channel=channel, inbox=inbox)
        for (payload,) in rows:
            said = outbox.outgoing_json.validate_json(str(payload))
            return Answer(words_of(said.part) or said.part.kind, said.why, said.trace)
        return None
