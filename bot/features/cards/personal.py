"""How what cards said about a member is forgotten, and goes over to another member."""

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer

_OF = Statement("SELECT id FROM case_cards WHERE member_id = :member")
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
        uow.run(_FORGET_SENT, keys=f"cards:{card}:%")
        uow.run(_FORGET_SHOWN, button=f'%"cards:to:{card}-%')
    uow.run(_DROP, member=member)


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
