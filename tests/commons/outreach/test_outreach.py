"""A member is written to by the way that is open, once, and not against her wish."""

import pytest

from bot.commons import members, outreach
from bot.commons.outreach import Hushed, Letter, Purpose, Told
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Outgoing, Text, Update, UpdateKind
from bot.kernel.ports import LastHeard, Words
from bot.kernel.work import Toolbox, UnitOfWork
from tests.kit.rooms import Store

APP, KEFU, GROUPS = map(ChannelName, ("app", "kefu", "groups"))
DOORS = Doors(
    {
        APP: Capability((Chat.COLLEAGUE,), ""),
        KEFU: Capability((Chat.CUSTOMER,), "", reply_window_s=48 * 3600, max_replies=5),
        GROUPS: Capability((Chat.CUSTOMER_GROUP,), "", needs_human_confirm=True),
    }
)


class Ear:
    """Has heard whom it was told, and when."""

    def __init__(self) -> None:
        self.heard: dict[tuple[ChannelName, str], Update] = {}

    def __call__(self, _uow: UnitOfWork, channel: ChannelName, identity: str) -> Update | None:
        return self.heard.get((channel, identity))


def _plain(template: str, **data: object) -> str:
    return f"{template} {data}"


class Bench:
    """A member with names on some channels, and what is sent to her."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ear = Ear()
        self.tools = Toolbox(DOORS)
        self.tools.add(LastHeard, self.ear)
        self.tools.add(Words, _plain)
        self.sent: list[Outgoing] = []

    def meets(self, *channels: ChannelName) -> MemberId:
        now = self.store.clock.now()
        her = self.store.do(lambda uow: members.resolve(uow, channels[0], "amei", now))
        for channel in channels[1:]:
            with self.store.unit() as uow:
                members.attach(uow, her, channel, "amei")
        return her

    def hears(self, channel: ChannelName, *, hours_ago: float, via: str = "") -> None:
        at = self.store.clock.now()
        self.store.clock.tick(hours=hours_ago)
        said = Update(channel, "k", UpdateKind.TEXT, "amei", at, "amei", via=via)
        self.ear.heard[channel, "amei"] = said

    def tells(self, her: MemberId, purpose: Purpose = Purpose.SERVICE, key: str = "k") -> Told:
        letter = Letter(key, "沙龙改期", purpose, "salons/moved.txt.j2", {"at": "周六"})

        def tell(uow: UnitOfWork) -> Told:
            told = outreach.tell(uow, self.tools, her, letter)
            self.sent += uow.outgoing
            return told

        return self.store.do(tell)


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def test_a_door_that_may_push_is_taken(bench: Bench) -> None:
    her = bench.meets(KEFU, APP)
    bench.hears(KEFU, hours_ago=1)
    assert bench.tells(her) is Told.QUEUED
    [sent] = bench.sent
    assert (sent.channel, sent.recipient, sent.key) == (APP, "amei", "k")
    assert sent.part == Text("salons/moved.txt.j2 {'at': '周六'}")


def test_a_door_that_only_answers_is_taken_while_it_does(bench: Bench) -> None:
    her = bench.meets(KEFU)
    bench.hears(KEFU, hours_ago=47, via="wk1")
    assert bench.tells(her, key="a") is Told.QUEUED
    assert (bench.sent[0].channel, bench.sent[0].via) == (KEFU, "wk1")
    bench.store.clock.tick(hours=0.95)
    assert bench.tells(her, key="b") is Told.NO_WAY


def test_nobody_is_written_to_in_a_group(bench: Bench) -> None:
    her = bench.meets(GROUPS)
    bench.hears(GROUPS, hours_ago=0)
    assert bench.tells(her) is Told.NO_WAY


def test_one_letter_is_written_once(bench: Bench) -> None:
    her = bench.meets(APP)
    assert [bench.tells(her), bench.tells(her)] == [Told.QUEUED, Told.BEFORE]
    assert len(bench.sent) == 1


@pytest.mark.parametrize(
    ("silenced", "told"),
    [
        (set(), {Purpose.ESSENTIAL, Purpose.SERVICE, Purpose.OFFER}),
        ({Hushed.OFFERS}, {Purpose.ESSENTIAL, Purpose.SERVICE}),
        ({Hushed.QUIET}, {Purpose.ESSENTIAL}),
        ({Hushed.QUIET, Hushed.OFFERS}, {Purpose.ESSENTIAL}),
    ],
    ids=["nothing", "offers", "all", "both"],
)
def test_what_she_silenced_is_kept_silent(
    bench: Bench, silenced: set[Hushed], told: set[Purpose]
) -> None:
    her = bench.meets(APP)
    with bench.store.unit() as uow:
        assert all(outreach.hush(uow, her, kind) for kind in silenced)
    heard = {each for each in Purpose if bench.tells(her, each, key=each) is Told.QUEUED}
    assert heard == told
    assert len(bench.sent) == len(told)


def test_silence_is_asked_for_once_and_taken_back_once(bench: Bench) -> None:
    her, store = bench.meets(APP), bench.store
    assert store.do(lambda uow: outreach.hush(uow, her, Hushed.QUIET))
    assert not store.do(lambda uow: outreach.hush(uow, her, Hushed.QUIET))
    assert store.do(lambda uow: outreach.hushes_of(uow, her)) == {Hushed.QUIET: store.clock.now()}
    assert store.do(lambda uow: outreach.unhush(uow, her, Hushed.QUIET))
    assert not store.do(lambda uow: outreach.unhush(uow, her, Hushed.QUIET))
    assert store.count("audit") == 2


def test_whom_no_way_leads_to_waits_until_a_person_has_called_her(bench: Bench) -> None:
    her, store = bench.meets(GROUPS), bench.store
    bench.tells(her, Purpose.ESSENTIAL)
    [letter] = store.do(lambda uow: outreach.unreached(uow, most=9))
    assert (letter.member, letter.subject) == (her, "沙龙改期")
    store.clock.tick(hours=24 * 100)
    store.do(lambda uow: outreach.forget_old(uow, older_than=store.clock.now() - letter.at))
    assert store.do(lambda uow: outreach.settle(uow, letter.id, who="lin"))
    assert not store.do(lambda uow: outreach.settle(uow, letter.id, who="lin"))
    assert store.do(lambda uow: outreach.unreached(uow, most=9)) == []
    assert store.do(lambda uow: outreach.settle(uow, letter.id, who="lin", undo=True))
    assert store.do(lambda uow: outreach.unreached(uow, most=9)) == [letter]


def test_old_letters_are_forgotten_but_for_those_who_wait(bench: Bench) -> None:
    her, store = bench.meets(APP), bench.store
    bench.tells(her)
    since = store.clock.now()
    store.clock.tick(hours=1)
    store.do(lambda uow: outreach.forget_old(uow, older_than=(store.clock.now() - since) / 2))
    assert store.count("letters") == 0
