"""The auditor: finds every place where the ledger disagrees with itself."""

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


def books_balance(uow: UnitOfWork) -> list[str]:
    """Return every disagreement of the ledger, one sentence each; empty when it balances."""
    wrong = [f"entry {row[0]} has no account on one side" for row in uow.run(_HOMELESS)]
    total = 0
    for account, kept, _, summed in uow.run(_SUMS):
        total += int(str(summed))
        if kept is not None and int(str(kept)) != int(str(summed)):
            wrong.append(f"account {account} keeps {kept}, its entries say {summed}")
        if kept is not None and int(str(kept)) < 0:
            wrong.append(f"account {account} is negative: {kept}")
    wrong += _lots_and_holds(uow)
    if total:
        wrong.append(f"all accounts together hold {total} instead of 0")
    return wrong


def _lots_and_holds(uow: UnitOfWork) -> list[str]:
    wrong = []
    for row in uow.run(_KEPT):
        account, balance, held, debt, lots, holds, loans = (int(str(value)) for value in row)
        if lots != balance:
            wrong.append(f"account {account} keeps {balance}, its lots hold {lots}")
        if holds != held:
            wrong.append(f"account {account} keeps {held} held, its holds say {holds}")
        if loans != debt:
            wrong.append(f"account {account} keeps {debt} owed, its loans say {loans}")
    wrong += [f"entry {row[0]} is a lot of the house" for row in uow.run(_LOTS_OF_THE_HOUSE)]
    wrong += [f"hold {row[0]} has no account" for row in uow.run(_LOST_HOLDS)]
    return wrong
