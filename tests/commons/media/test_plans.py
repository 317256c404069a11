"""What runs all the time must not read through what was fetched long ago."""

from collections.abc import Callable

import pytest

from bot.commons import media
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import Store


@pytest.mark.parametrize(
    ("use_case", "index"),
    [
        (media.has_due, "ix_media_refs_due"),
        (lambda uow: media.claim(uow, for_s=60), "ix_media_refs_due"),
        (media.expire, "ix_media_refs_due"),
        (media.count_waiting, "ix_media_refs_due"),
        (media.count_failed, "ix_media_refs_created_at"),
        (lambda uow: media.forget_refs(uow, after_days=9, most=9), "ix_media_refs_created_at"),
        (lambda uow: media.personal[0].export(uow, MemberId(1)), "ix_media_refs_sender"),
        (lambda uow: media.personal[0].erase(uow, MemberId(1)), "ix_media_refs_sender"),
    ],
)
def test_an_index_leads_to_it(
    store: Store, use_case: Callable[[UnitOfWork], object], index: str
) -> None:
    for statement in store.statements_of(use_case):
        names = ("now", "too_far", "until", "since", "before", "most", "member")
        values: dict[str, object] = {name: 1 for name in names if f":{name}" in statement.sql}

        assert index in store.plan(statement, **values)
