"""Operators are told everything once."""

from bot.commons import notices
from bot.commons.notices import AlertTarget, Notices
from bot.kernel.desk import NoticeLevel
from bot.kernel.messages import Outgoing, Text, Voice
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import NOON, Store


def tell(store: Store, *keys: str) -> None:
    def told(uow: UnitOfWork) -> None:
        for key in keys:
            notices.tell_operators(uow, key=key, text=f"about {key}")

    store.do(told)


def texts(store: Store, *, unseen: bool = False, before: int | None = None) -> list[str]:
    found = store.do(lambda uow: notices.recent(uow, unseen=unseen, before=before, limit=2))
    return [notice.text for notice in found]


def test_the_same_key_is_told_once(store: Store) -> None:
    def twice(uow: UnitOfWork) -> list[bool]:
        return [notices.tell_operators(uow, key="gap", text=words) for words in ("a", "b")]

    assert store.do(twice) == [True, False]
    assert texts(store) == ["a"]


def test_a_notice_keeps_its_level_and_time(store: Store) -> None:
    store.do(lambda uow: notices.tell_operators(uow, key="x", text="x", level=NoticeLevel.ERROR))
    (notice,) = store.do(notices.recent)

    assert (notice.level, notice.at, notice.seen_at) == (NoticeLevel.ERROR, NOON, None)


def test_alerts_are_sent_to_everybody_who_wants_them_and_once(store: Store) -> None:
    to = (AlertTarget.read("wecom_app:zhangsan"), AlertTarget.read("group_robot.staff"))

    def sent(uow: UnitOfWork) -> list[Outgoing]:
        for _ in range(2):
            Notices(to).tell(uow, key="gap", text="明天没有内容")
        return uow.outgoing

    assert [(out.channel, out.recipient, out.key) for out in store.do(sent)] == [
        ("wecom_app", "zhangsan", "notice:gap:wecom_app:zhangsan"),
        ("group_robot.staff", "", "notice:gap:group_robot.staff:"),
    ]
    assert all(out.part == Text("明天没有内容") for out in store.do(sent))


def test_an_alert_leaves_whoever_has_the_conversation_of_whom_it_is_for(store: Store) -> None:
    def sent(uow: UnitOfWork) -> list[Outgoing]:
        Notices((AlertTarget.read("wecom_app:zhangsan"),)).tell(uow, key="gap", text="x")
        return uow.outgoing

    assert [out.voice for out in store.do(sent)] == [Voice.CARE]


def test_without_a_toolbox_nothing_is_sent(store: Store) -> None:
    def sent(uow: UnitOfWork) -> list[Outgoing]:
        notices.tell_operators(uow, key="gap", text="x")
        return uow.outgoing

    assert store.do(sent) == []


def test_notices_come_newest_first_and_in_pages(store: Store) -> None:
    tell(store, "1", "2", "3")

    assert texts(store) == ["about 3", "about 2"]
    assert texts(store, before=2) == ["about 1"]


def test_what_somebody_has_seen_is_not_new_any_more(store: Store) -> None:
    tell(store, "1", "2", "3")
    assert store.do(lambda uow: notices.mark_seen(uow, "amei", 2)) == 1
    assert store.do(lambda uow: notices.mark_seen(uow, "lisi", 2)) == 0
    assert store.do(notices.unseen) == 2
    assert texts(store, unseen=True) == ["about 3", "about 1"]

    assert store.do(lambda uow: notices.mark_seen(uow, "lisi")) == 2
    seen_by = [notice.seen_by for notice in store.do(notices.recent)]
    assert seen_by == ["lisi", "amei", "lisi"]


def test_old_seen_notices_are_forgotten_and_unseen_ones_never(store: Store) -> None:
    tell(store, "1", "2")
    store.do(lambda uow: notices.mark_seen(uow, "amei", 1))
    store.clock.tick(days=31)
    store.do(lambda uow: notices.forget_seen(uow, after_days=30))

    assert texts(store) == ["about 2"]
