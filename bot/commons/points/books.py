"""The auditor: finds every place where the ledger disagrees with itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

from bot.kernel.work import Statement, UnitOfWork

_SUMS = Statement(
    "SELECT a.id, a.balance, a.house,"
    " COALESCE((SELECT SUM(points) FROM point_entries WHERE credit = a.id), 0)"
    " - COALESCE((SELECT SUM(points) FROM point_entries WHERE debit = a.id), 0)"
    " FROM point_accounts a ORDER BY a.id"
)
_HOMELESS = Statement(
    "SELECT e.id FROM point_entries e"
    " WHERE NOT EXISTS (SELECT 1 FROM point_accounts WHERE id = e.debit)"
    " OR NOT EXISTS (SELECT 1 FROM point_accounts WHERE id = e.credit) ORDER BY e.id"
)

# One line for each member's account: what it keeps beside what lots, holds and loans say.
_KEPT = Statement(
    "SELECT a.id, a.balance, a.held, a.debt,"
    " COALESCE((SELECT SUM(rest) FROM point_entries WHERE credit = a.id), 0),"
    " COALESCE((SELECT SUM(points) FROM point_holds"
    " WHERE member_id = a.member_id AND state = 'held'), 0),"
    " COALESCE((SELECT SUM(e.points) FROM point_entries e JOIN point_accounts h ON h.id = e.debit"
    " WHERE e.credit = a.id AND h.house = 'debt'), 0)"
    " - COALESCE((SELECT SUM(e.points) FROM point_entries e JOIN point_accounts h"
    " ON h.id = e.credit WHERE e.debit = a.id AND h.house = 'debt'), 0)"
    " FROM point_accounts a WHERE a.member_id IS NOT NULL ORDER BY a.id"
)
_LOTS_OF_THE_HOUSE = Statement(
    "SELECT e.id FROM point_entries e JOIN point_accounts a ON a.id = e.credit"
    " WHERE e.rest > 0 AND a.member_id IS NULL ORDER BY e.id"
)
_LOST_HOLDS = Statement(
    "SELECT id FROM point_holds h WHERE state = 'held' AND NOT EXISTS"
    " (SELECT 1 FROM point_accounts WHERE member_id = h.member_id) ORDER BY id"
)


def house_balances(uow: UnitOfWork) -> dict[str, int]:
    """Return the balance of every house account; negative means points given out."""
    return {str(house): int(str(total)) for _, _, house, total in uow.run(_SUMS) if house}


_TOTALS = Statement(
    "SELECT COALESCE(SUM(balance), 0), COALESCE(SUM(held), 0), COALESCE(SUM(debt), 0)"
    " FROM point_accounts"
)


class Wrong(StrEnum):
    """In what the ledger may disagree with itself; `number` is of an account, entry or hold."""

    HOMELESS = "entry_homeless"
    BALANCE = "balance"
    NEGATIVE = "negative"
    LOTS = "lots"
    HELD = "held"
    DEBT = "debt"
    HOUSE_LOT = "house_lot"
    LOST_HOLD = "lost_hold"
    TOTAL = "total"


_SENTENCES: Mapping[Wrong, str] = {
    Wrong.HOMELESS: "entry {number} has no account on one side",
    Wrong.BALANCE: "account {number} keeps {kept}, its entries say {found}",
    Wrong.NEGATIVE: "account {number} is negative: {kept}",
    Wrong.LOTS: "account {number} keeps {kept}, its lots hold {found}",
    Wrong.HELD: "account {number} keeps {kept} held, its holds say {found}",
    Wrong.DEBT: "account {number} keeps {kept} owed, its loans say {found}",
    Wrong.HOUSE_LOT: "entry {number} is a lot of the house",
    Wrong.LOST_HOLD: "hold {number} has no account",
    Wrong.TOTAL: "all accounts together hold {found} instead of 0",
}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One place where the ledger disagrees with itself."""

    what: Wrong
    number: int = 0
    kept: int = 0
    found: int = 0

    @override
    def __str__(self) -> str:
        return _SENTENCES[self.what].format(number=self.number, kept=self.kept, found=self.found)


@dataclass(frozen=True, slots=True)
class Totals:
    """What all members have together."""

    balance: int
    held: int
    debt: int


def totals(uow: UnitOfWork) -> Totals:
    """Return what all members have, hold and owe together."""
    return Totals(*(int(str(total)) for total in uow.run(_TOTALS)[0]))


def books_balance(uow: UnitOfWork) -> list[str]:
    """Return every disagreement of the ledger, one sentence each; empty when it balances."""
    return [str(each) for each in disagreements(uow)]


def disagreements(uow: UnitOfWork) -> list[Disagreement]:
    """Return every disagreement of the ledger; reads all of it."""
    wrong = [Disagreement(Wrong.HOMELESS, int(str(row[0]))) for row in uow.run(_HOMELESS)]
    total = 0
    for account, kept, _, summed in uow.run(_SUMS):
        number, found = int(str(account)), int(str(summed))
        total += found
        if kept is None:
            continue
        if (balance := int(str(kept))) != found:
            wrong.append(Disagreement(Wrong.BALANCE, number, balance, found))
        if balance < 0:
            wrong.append(Disagreement(Wrong.NEGATIVE, number, balance))
    wrong += _lots_and_holds(uow)
    return [*wrong, *([Disagreement(Wrong.TOTAL, found=total)] if total else [])]


def _lots_and_holds(uow: UnitOfWork) -> list[Disagreement]:
    wrong = []
    for row in uow.run(_KEPT):
        account, balance, held, debt, lots, holds, loans = (int(str(value)) for value in row)
        for what, kept, found in (
            (Wrong.LOTS, balance, lots),
            (Wrong.HELD, held, holds),
            (Wrong.DEBT, debt, loans),
        ):
            if kept != found:
                wrong.append(Disagreement(what, account, kept, found))
    house = [Disagreement(Wrong.HOUSE_LOT, int(str(row[0]))) for row in uow.run(_LOTS_OF_THE_HOUSE)]
    lost = [Disagreement(Wrong.LOST_HOLD, int(str(row[0]))) for row in uow.run(_LOST_HOLDS)]
    return [*wrong, *house, *lost]
