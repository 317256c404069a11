"""Proves that the database takes a write to the disk."""

from secrets import token_hex

from bot.kernel.work import Statement, UnitOfWork

_ROOM_CHARS = 4096  # more than fits beside other rows: a page of its own, which a full disk lacks

_WRITE = Statement("INSERT INTO pauses (scope, since, until, reason) VALUES (:scope, 0, 0, :room)")
_TAKE_BACK = Statement("DELETE FROM pauses WHERE scope = :scope")


def prove_durable(uow: UnitOfWork) -> None:
    """Write a row and take it back in the same transaction, whose commit goes to the disk.

    Nobody ever sees the row, and nothing is left to tidy up.
    """
    scope = f"proof:{token_hex(8)}"  # replicas prove at the same time
    uow.run(_WRITE, scope=scope, room="-" * _ROOM_CHARS)
    uow.run(_TAKE_BACK, scope=scope)
