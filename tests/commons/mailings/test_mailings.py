"""Mailings on both databases: each person once, whoever works on it."""

from datetime import timedelta
from pathlib import Path

from bot.commons import mailings, members
from bot.features import posts
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Text
from bot.kernel.work import UnitOfWork
from tests.kit.hall import Hall
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL


def test_each_is_written_to_once_however_often_it_is_begun(
    store_on_both: Store, tmp_path: Path
) -> None:
    hall = Hall(store_on_both, posts.feature, tmp_path)
    until = store_on_both.clock.now() + timedelta(hours=1)

    def begins(uow: UnitOfWork) -> None:
        for number in range(mailings.BITE + 2):
            her = members.resolve(uow, ChannelName(CHANNEL), f"m{number}", uow.clock.now())
            members.tag(uow, her, "通勤", who="lin")
        for _ in range(2):
            words = ["tag:通勤", "tier:没有人"]
            mailings.begin(uow, "k", "围巾", words, (Text("风大"), Text("带围巾")), until=until)

    store_on_both.do(begins)
    for _ in range(2):
        hall.runs("posts.people")
    assert len(hall.outgoing) == 2 * (mailings.BITE + 2)
    assert hall.letters("m0") == ["风大", "带围巾"]
    one = store_on_both.do(lambda uow: mailings.of_key(uow, "k"))
    assert one is not None
    assert (one.told, one.done_at is not None) == (mailings.BITE + 2, True)
