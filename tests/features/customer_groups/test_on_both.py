"""What is ordered, and the pictures that are kept, on both databases."""

import pytest

from bot.commons import media
from bot.features.customer_groups import ordering
from bot.features.customer_groups.ordering import NotPossible
from bot.features.customer_groups.rules import Attached, Greeting
from bot.kernel.work import Statement
from tests.kit.rooms import Store

LINK = Greeting("欢迎", "群规", "https://example.invalid/rules")
PICTURE = Greeting("欢迎", kind=Attached.IMAGE, path="dress.png")
FILE = media.File("a" * 64, 3, "image/png", 1, 1)
WAY = Statement(
    "INSERT INTO group_join_ways (chat_id, state, status, platform_id, picture_url, picture, error,"
    " made_by, at, tries) VALUES ('wr1', '', 'made', 'way1', 'https://p.qpic.cn/1', '', '', 'lisi',"
    " 0, 0)"
)


def test_a_greeting_is_drafted_changed_and_handed_over(store_on_both: Store) -> None:
    store = store_on_both
    store.do(lambda uow: ordering.add_greeting(uow, LINK, "lisi", draft=True))
    store.do(lambda uow: ordering.change_greeting(uow, 1, PICTURE, "lisi", draft=True))
    kept = store.do(lambda uow: ordering.kept_greeting(uow, 1))
    assert kept is not None
    assert (kept.words, kept.status) == (PICTURE, "draft")

    store.do(lambda uow: ordering.hand_over_greeting(uow, 1, "lisi"))
    (kept,) = store.do(ordering.kept_greetings)
    assert kept.status == "wanted"
    with pytest.raises(NotPossible):
        store.do(lambda uow: ordering.change_greeting(uow, 1, LINK, "lisi"))


def test_a_picture_is_held_and_let_go(store_on_both: Store) -> None:
    store = store_on_both
    store.do(lambda uow: uow.run(WAY))
    number, url = store.do(ordering.picture_to_fetch) or (0, "")
    assert store.do(lambda uow: ordering.hold_picture(uow, number, url, FILE))
    assert store.do(ordering.picture_to_fetch) is None
    found = store.do(lambda uow: ordering.picture_of(uow, number))
    assert found is not None
    assert (found.digest, found.content_type) == (FILE.digest, FILE.content_type)
    assert store.do(media.leaving) == []

    store.do(lambda uow: uow.run(Statement("DELETE FROM group_join_ways")))
    store.do(ordering.forget_pictures)
    assert store.do(media.leaving) == [FILE.digest]
    assert not store.do(lambda uow: media.hold(uow, "again", FILE)), "it is on its way out"
