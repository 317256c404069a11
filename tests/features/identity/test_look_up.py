"""New customers are asked about, once; whom the platform names like a member is that member."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app import FEATURES, PERSONAL
from bot.channels.wecom.kefu import KEFU
from bot.commons import members
from bot.commons.members.lookups import NOT_LOOKED_UP
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.persons import KeyKind, PersonKey
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import UnitOfWork
from tests.kit.house import PHONE, HouseUnderTest, Phone
from tests.kit.kefu import WK, kefu
from tests.kit.kefu_customers import FakeKefuWithCustomers
from tests.kit.platforms import Fault
from tests.kit.rooms import Store, TurnedClock

ROOMS = [
    room for room in FEATURES if room.name in {"identity", "checkin", "wallet", "privacy", "help"}
]
WM = "wmInventedExternalUser000000000"


@dataclass
class TellingPhone(Phone):
    """A phone of whose word about a unionid nobody need doubt."""

    tells_unionid: bool = True


@dataclass
class Day:
    """A house with a phone and 微信客服."""

    built: HouseUnderTest
    platform: FakeKefuWithCustomers
    folder: Path

    async def writes(self, who: str, text: str) -> None:
        """Let a customer write, and everything happen that comes of it."""
        self.platform.hears(who, text)
        await self.built.house.fetching.poke(KEFU, {WK: ""})
        await self.settle()

    async def settle(self) -> None:
        await self.built.house.engine.settle()

    async def later(self, **how_long: float) -> None:
        self.built.clock.tick(**how_long)
        await self.settle()

    async def who(self, identity: str, channel: ChannelName = KEFU) -> MemberId | None:
        return await self.built.house.writer.look(lambda uow: members.find(uow, channel, identity))

    async def knows(self, identity: str, unionid: str) -> None:
        """Let a phone's user be known by a unionid already."""

        def learn(uow: UnitOfWork) -> None:
            member = members.find(uow, PHONE, identity)
            assert member is not None
            key = PersonKey(KeyKind.UNIONID, unionid)
            members.learn(uow, PERSONAL, member, (PHONE, identity), [key], source="login")

        await self.built.house.writer.do(learn)

    def read(self, who: str) -> list[str]:
        return [
            one.words for one in self.platform.delivered if one.to == who and one.kind == "text"
        ]


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    clock = TurnedClock()
    async with FakeKefuWithCustomers(now=lambda: clock.now().timestamp()) as platform:
        phone = TellingPhone()
        door = kefu(platform, clock, tmp_path)
        built = HouseUnderTest(tmp_path, ROOMS, phone, clock=clock, doors=[door])
        built.tools.add(PersonalRegistry, PERSONAL)
        async with built:
            await built.house.engine.settle()
            yield Day(built, platform, tmp_path)


async def test_a_customer_whom_the_platform_names_like_a_member_is_that_member(day: Day) -> None:
    await day.built.hears("amei", "打卡")
    await day.knows("amei", "uAmei")
    day.platform.knows(f"{WM}1", unionid="uAmei", nickname="阿美")
    await day.writes(f"{WM}1", "打卡")
    assert await day.who(f"{WM}1") != await day.who("amei", PHONE)

    await day.later(minutes=1)

    assert await day.who(f"{WM}1") == await day.who("amei", PHONE)
    told = day.read(f"{WM}1")
    assert told[-1].startswith("认出你了：平台告诉我，")
    assert "发“解绑”" in told[-1]
    await day.later(minutes=5)
    assert day.read(f"{WM}1") == told
    audit = await day.built.ask("SELECT who, what, why FROM audit WHERE what = 'members.merged'")
    assert audit == [("bot", "members.merged", "key: unionid")]


async def test_who_takes_herself_apart_stays_apart(day: Day) -> None:
    await day.built.hears("amei", "打卡")
    await day.knows("amei", "uAmei")
    for number in (1, 2):
        day.platform.knows(f"{WM}{number}", unionid="uAmei")
    await day.writes(f"{WM}1", "打卡")
    await day.later(minutes=1)
    await day.writes(f"{WM}1", "解绑")
    assert day.read(f"{WM}1")[-1].startswith("分开了")
    await day.writes(f"{WM}2", "打卡")
    await day.later(minutes=1)

    assert (
        len({await day.who(f"{WM}1"), await day.who(f"{WM}2"), await day.who("amei", PHONE)}) == 3
    )


async def test_a_hundred_and_fifty_new_customers_are_two_questions(day: Day) -> None:
    for number in range(150):
        day.platform.hears(f"{WM}{number}", "打卡")
        day.platform.knows(f"{WM}{number}", unionid=f"u{number}", nickname=f"n{number}")
    await day.built.house.fetching.poke(KEFU, {WK: ""})
    await day.later(minutes=1)
    assert sorted(map(len, day.platform.asked)) == [50, 100]

    await day.later(minutes=10)
    assert len(day.platform.asked) == 2
    assert await day.built.ask("SELECT COUNT(*) FROM person_keys WHERE kind = 'unionid'") == [
        (150,)
    ]
    named = await day.built.ask("SELECT display_name FROM identities WHERE identity LIKE '%149'")
    assert named == [("n149",)]


async def test_whom_the_platform_does_not_know_is_asked_about_once(day: Day) -> None:
    await day.writes(f"{WM}1", "打卡")
    await day.later(minutes=3)

    assert day.platform.asked == [[f"{WM}1"]]
    keys = await day.built.ask("SELECT kind, scope, source FROM person_keys")
    assert keys == [("external_userid", "wwc0ffee1234567890", "message")]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(errcode=45009),
        Fault(errcode=-1),
        Fault(errcode=42001),
        Fault(raw=b"<html>busy</html>"),
        Fault(raw=b'{"errcode":0,"customer_list":{"no":"list"}}'),
        Fault(status=302),
        Fault(drop=True),
        Fault(drop=True, taken=True),
    ],
    ids=["too often", "busy", "token", "html", "no list", "moved", "lost", "lost answer"],
)
async def test_trouble_with_the_platform_joins_nobody_and_passes(day: Day, fault: Fault) -> None:
    day.platform.knows(f"{WM}1", unionid="uAmei")
    day.platform.faults["kf/customer/batchget"].append(fault)
    await day.writes(f"{WM}1", "打卡")
    for _ in range(10):
        await day.later(minutes=2)

    assert await day.built.ask("SELECT COUNT(*) FROM merges") == [(0,)]
    assert await day.built.ask("SELECT value FROM person_keys WHERE kind = 'unionid'") == [
        ("uAmei",)
    ]
    assert await day.built.ask("SELECT COUNT(*) FROM fetches WHERE tries > 0") == [(0,)]


async def test_of_an_answer_with_nonsense_in_it_the_rest_is_read(day: Day) -> None:
    good = f'{{"external_userid":"{WM}2","unionid":"u2"}}'
    bad = f'7,{{"external_userid":["x"]}},{{"external_userid":"{WM}1","unionid":8}},{{}}'
    stranger = '{"external_userid":"wmStranger","unionid":"u9"}'
    raw = f'{{"errcode":0,"customer_list":[{bad},{stranger},{good}]}}'.encode()
    day.platform.faults["kf/customer/batchget"].append(Fault(raw=raw))
    for number in (1, 2):
        day.platform.hears(f"{WM}{number}", "打卡")
    await day.writes(f"{WM}2", "打卡")
    await day.later(minutes=1)

    keys = "SELECT value FROM person_keys WHERE kind = 'unionid'"
    assert await day.built.ask(keys) == [("u2",)]


async def test_who_was_erased_while_the_platform_was_asked_stays_forgotten(day: Day) -> None:
    await day.writes(f"{WM}1", "打卡")
    member = await day.who(f"{WM}1")
    assert member is not None

    def erase_and_keep(uow: UnitOfWork) -> None:
        PERSONAL.erase(uow, member)
        key = PersonKey(KeyKind.UNIONID, "uAmei")
        members.looked_up(uow, PERSONAL, KEFU, f"{WM}1", keys=[key], name="阿美")

    await day.built.house.writer.do(erase_and_keep)

    assert await day.who(f"{WM}1") is None
    assert await day.built.ask("SELECT COUNT(*) FROM person_keys") == [(0,)]
    assert await day.built.ask("SELECT COUNT(*) FROM members") == [(0,)]


async def test_after_two_days_the_platform_knows_nobody_any_more(day: Day) -> None:
    day.platform.faults["kf/customer/batchget"].extend([Fault(errcode=-1)] * 2000)
    await day.writes(f"{WM}1", "打卡")
    await day.later(hours=49)
    day.platform.faults.clear()
    await day.later(minutes=10)

    assert day.platform.asked == []


async def test_a_sender_who_comes_with_a_unionid_is_known_at_her_first_word(day: Day) -> None:
    await day.built.hears("amei", "打卡")
    await day.built.hears("amei", "我的积分", extra={"unionid": "uAmei"})
    kept = await day.who("amei", PHONE)

    words = await day.built.hears("amei2", "我的积分", extra={"unionid": "uAmei"})

    assert "5" in words[0]
    assert words[1].startswith("认出你了")
    assert await day.who("amei2", PHONE) == kept


async def test_a_member_with_two_customers_ids_keeps_both(day: Day) -> None:
    await day.writes(f"{WM}1", "打卡")
    await day.built.hears("amei", "打卡", extra={"unionid": "uAmei"})
    day.platform.knows(f"{WM}1", unionid="uAmei")
    await day.later(minutes=1)
    day.platform.knows(f"{WM}2", unionid="uAmei")
    await day.writes(f"{WM}2", "打卡")
    await day.later(minutes=1)

    assert await day.who(f"{WM}2") == await day.who(f"{WM}1") == await day.who("amei", PHONE)


async def test_only_where_nobody_else_can_have_written_it_a_unionid_is_believed(day: Day) -> None:
    await day.built.hears("amei", "打卡", extra={"unionid": "uAmei"})
    assert isinstance(day.built.phone, TellingPhone)
    day.built.phone.tells_unionid = False
    async with HouseUnderTest(day.folder / "other", ROOMS, day.built.phone) as other:
        other.tools.add(PersonalRegistry, PERSONAL)
        await other.hears("amei", "打卡", extra={"unionid": "uAmei"})
        await other.hears("eva", "打卡", extra={"unionid": "uAmei"})

        assert await other.ask("SELECT COUNT(*) FROM members") == [(2,)]
        assert await other.ask("SELECT COUNT(*) FROM person_keys") == [(0,)]


def test_who_was_not_asked_about_is_found_by_an_index(store: Store) -> None:
    plan = store.plan(NOT_LOOKED_UP, channel="kefu", since=0, most=100)

    assert "ix_identities_not_looked_up" in plan
