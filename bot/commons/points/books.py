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
    if total:
        wrong.append(f"all accounts together hold {total} instead of 0")
    return wrong
