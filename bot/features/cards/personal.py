"""How what cards said about a member is forgotten, and goes over to another member."""

from bot.features.cards.rules import HANDLE_DIES
from bot.kernel.events import CardOutlived
from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_OF = Statement("SELECT id FROM case_cards WHERE member_id = :member")
# What a press has brought since is newer than the receipt; what was changed by one is used up.
_CHANGEABLE = Statement(
    "SELECT recipient, handle, key FROM outbox WHERE why = 'cards' AND key LIKE :keys"
    " AND status = 'sent' AND handle <> '' AND sent_at > :since ORDER BY id"
)
_CHANGED = Statement("SELECT 1 FROM outbox WHERE key = :key")
_PRESSED = Statement(
    "SELECT advisor, handle, key FROM case_cards WHERE id = :id AND handle <> ''"
    " AND fresh_at > :since"
)
_DROP = Statement("DELETE FROM case_cards WHERE member_id = :member")
_FORGET = (
    "UPDATE outbox SET payload = '', recipient = '', lane = '', platform_id = '', handle = '',"
    " note = '', error = NULL, status = CASE status WHEN 'sent' THEN status ELSE 'dropped' END"
)
# The keys of all that a card sends begin with its number.
_FORGET_SENT = Statement(f"{_FORGET} WHERE why = 'cards' AND key LIKE :keys")
_FORGET_SHOWN = Statement(
    f"{_FORGET} WHERE why = 'features.cards.handlers.press' AND payload LIKE :button"
)


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    for (number,) in uow.run(_OF, member=member):
        card = integer(number)
        _publish_changeable(uow, card)
        uow.run(_FORGET_SENT, keys=f"cards:{card}:%")
        uow.run(_FORGET_SHOWN, button=f'%"cards:to:{card}-%')
    uow.run(_DROP, member=member)


def _publish_changeable(uow: UnitOfWork, card: int) -> None:
    """Tell which cards on phones can still be changed; her name and words stand on them."""
    since, keys = micros(uow.clock.now() - HANDLE_DIES), f"cards:{card}:%"
    pressed = uow.run(_PRESSED, id=card, since=since)
    newer = {str(key) for _, _, key in pressed}
    sent = (row for row in uow.run(_CHANGEABLE, keys=keys, since=since) if row[2] not in newer)
    for advisor, handle, _ in (*pressed, *sent):
        if not uow.run(_CHANGED, key=f"cards:{card}:over:{handle}"):
            uow.publish(CardOutlived(str(advisor), str(handle)))


personal = (
    PersonalData(
        title="给顾问的卡片",
        purpose="你找真人时，顾问马上知道是谁、什么事",
        kept="直到你删除数据",
        tables=("case_cards",),
        export=rows_of(
            "case_cards", {"advisor": "advisor", "issued_at": "issued_at", "state": "state"}
        ),
        erase=_erase,
        movers=(by_id("case_cards"),),
    ),
)
