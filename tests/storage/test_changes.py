"""A refusal needs a savepoint only where something was written before it."""

from collections.abc import Callable

import pytest

from bot.kernel.errors import NeedsFence, Refusal
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import Store

ADD = Statement(
    "INSERT INTO rank_hidden (member_id, since) VALUES (:member, 0)"
    " ON CONFLICT (member_id) DO NOTHING RETURNING 1"
)
MEMBER = Statement("INSERT INTO members (created_at, joined_at) VALUES (0, 0) RETURNING id")
READ = Statement("SELECT member_id FROM rank_hidden")


def refuses_after(store: Store, act: Callable[[UnitOfWork], object]) -> None:
    with store.unit() as uow, uow.attempt_boldly():
        act(uow)
        raise Refusal("because")


def test_who_has_written_nothing_simply_refuses(store_on_both: Store) -> None:
    her = store_on_both.do(lambda uow: uow.run(MEMBER))[0][0]
    store_on_both.do(lambda uow: uow.run(ADD, member=her))

    with pytest.raises(Refusal):
        refuses_after(store_on_both, lambda uow: uow.run(READ))
    with pytest.raises(Refusal):
        refuses_after(store_on_both, lambda uow: uow.run(ADD, member=her))


def test_who_has_written_needs_a_savepoint(store_on_both: Store) -> None:
    with pytest.raises(NeedsFence):
        refuses_after(store_on_both, lambda uow: uow.run(MEMBER))
    assert store_on_both.count("members") == 0
