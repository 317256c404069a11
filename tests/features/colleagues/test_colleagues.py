"""The same colleague in the app and with the bot is one member, whatever the bot calls her."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.commons import audit, members
from bot.features import colleagues
from bot.features.colleagues import service
from bot.features.colleagues.rules import is_userid
from bot.kernel.abilities import Abilities, ColleagueLookup, NamesColleagues
from bot.kernel.errors import CannotStore, RetryLater
from bot.kernel.events import MemberProven
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, Toolbox
from bot.storage.writer import Writer
from tests.kit.aibot import aibot
from tests.kit.platforms import FakeWecom, Fault
from tests.kit.rooms import NOON, Store
from tests.kit.wecom import wecom_app

AIBOT, APP = ChannelName("aibot"), ChannelName("wecom_app")
SECRET_NAME = "woInventedOpenUserid000000000001"
CALL = "batch/openuserid_to_userid"
[ERRAND] = colleagues.feature.errands


@dataclass
class Office:
    """The errand in a house with an app and a bot, and what it told the other rooms."""

    store: Store
    writer: Writer
    platform: FakeWecom
    tools: Toolbox
    told: list[MemberProven] = field(default_factory=list)

    async def asks(self) -> None:
        await ERRAND.run(self.writer, self.tools)

    def writes(self, who: str, channel: ChannelName = AIBOT) -> MemberId:
        return self.store.do(lambda uow: members.resolve(uow, channel, who, NOON))

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.store.do(lambda uow: uow.run(Statement(sql)))]


@pytest.fixture
async def office(store_on_both: Store, tmp_path: Path) -> AsyncIterator[Office]:
    told = list[MemberProven]()
    writer = Writer(
        store_on_both.database,
        store_on_both.clock,
        lambda uow: told.extend(one for one in uow.events if isinstance(one, MemberProven)),
    )
    await writer.start()
    async with FakeWecom() as platform:
        app, bot = (
            wecom_app(platform, store_on_both.clock, tmp_path),
            aibot(store_on_both.clock, tmp_path),
        )
        abilities = Abilities()
        for channel in (app, bot):
            abilities.offer(channel.name, channel.abilities)
        tools = Toolbox()
        tools.add(Abilities, abilities)
        await app.start()
        yield Office(store_on_both, writer, platform, tools, told)
        await app.stop()
        assert [wrong for wrong in platform.refused if wrong.where != "one of the names"] == []
    await writer.stop()


async def test_an_encrypted_name_is_the_colleague_of_the_app(office: Office) -> None:
    office.platform.open_userids[SECRET_NAME] = "lihua"
    member = office.writes(SECRET_NAME)
    await office.asks()

    assert office.writes("lihua", APP) == member
    assert office.told == [MemberProven(member, ((APP, "lihua"),), "")]
    assert office.rows("SELECT who, what, member_id FROM audit") == [
        ("bot", "colleagues.linked", member)
    ]


async def test_a_plain_name_is_the_userid_itself(office: Office) -> None:
    member = office.writes("lihua")
    await office.asks()

    assert office.writes("lihua", APP) == member


async def test_who_is_a_member_already_is_told_to_whoever_joins(office: Office) -> None:
    office.platform.open_userids[SECRET_NAME] = "lihua"
    known = office.writes("lihua", APP)
    member = office.writes(SECRET_NAME)
    await office.asks()

    assert office.writes("lihua", APP) == known
    assert office.told == [MemberProven(member, ((APP, "lihua"),), "")]
    assert office.rows("SELECT count(*) FROM audit") == [(0,)]


async def test_nobody_is_asked_about_twice(office: Office) -> None:
    office.platform.open_userids[SECRET_NAME] = "lihua"
    office.writes(SECRET_NAME)
    for _ in range(3):
        await office.asks()
    office.store.clock.tick(days=30)
    await office.asks()

    assert office.platform.called(CALL) == [{"open_userid_list": [SECRET_NAME]}]
    assert len(office.told) == 1


async def test_who_is_outside_the_range_is_asked_about_for_a_week(office: Office) -> None:
    office.writes(SECRET_NAME)
    for _ in range(20):
        await office.asks()
        office.store.clock.tick(days=1, seconds=1)
    assert len(office.platform.called(CALL)) == 7
    assert office.told == []


async def test_who_comes_into_the_range_is_known_the_next_day(office: Office) -> None:
    member = office.writes(SECRET_NAME)
    await office.asks()
    office.platform.open_userids[SECRET_NAME] = "lihua"
    office.store.clock.tick(days=1)
    await office.asks()

    assert office.writes("lihua", APP) == member


@pytest.mark.parametrize("code", [48002, 60011, 60020, 40058])
async def test_without_permission_nothing_happens_and_nobody_is_alarmed(
    office: Office, code: int
) -> None:
    office.platform.faults[CALL].append(Fault(errcode=code))
    office.writes(SECRET_NAME)
    await office.asks()
    await office.asks()

    assert len(office.told) == 0
    assert office.rows("SELECT tries, userid FROM colleague_names") == [(1, "")]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(errcode=-1),
        Fault(errcode=45009),
        Fault(raw=b"<html>"),
        Fault(drop=True),
        Fault(raw=b'{"errcode":0}'),
    ],
    ids=["busy", "limit", "html", "lost", "empty"],
)
async def test_trouble_of_the_platform_is_tried_again(office: Office, fault: Fault) -> None:
    office.platform.open_userids[SECRET_NAME] = "lihua"
    office.platform.faults[CALL].append(fault)
    member = office.writes(SECRET_NAME)
    with pytest.raises(RetryLater):
        await office.asks()
    await office.asks()

    assert office.writes("lihua", APP) == member


@pytest.mark.parametrize("code", [-1, 40058])
@pytest.mark.parametrize("place", [0, 3, 6])
async def test_a_name_that_makes_the_platform_err_spoils_nobody_elses_answer(
    office: Office, code: int, place: int
) -> None:
    names = [f"woInventedOpenUserid00000000000{number}" for number in range(7)]
    for number, name in enumerate(names):
        office.platform.open_userids[name] = f"colleague{number}"
        office.writes(name)
    office.platform.poison[names[place]] = code
    await office.asks()

    userids = [f"colleague{number}" for number in range(7)]
    userids[place] = ""
    told = office.rows("SELECT userid FROM colleague_names ORDER BY identity")
    assert [userid for (userid,) in told] == userids
    asked = len(office.platform.called(CALL))
    await office.asks()
    assert len(office.platform.called(CALL)) == asked

    office.platform.poison.clear()
    office.store.clock.tick(days=1, seconds=1)
    await office.asks()
    assert len(office.told) == 7


async def test_a_platform_that_errs_about_everybody_is_asked_no_thousand_times(
    office: Office,
) -> None:
    for number in range(100):
        office.writes(f"w{number}")
        office.platform.poison[f"w{number}"] = -1
    with pytest.raises(RetryLater):
        await office.asks()

    assert len(office.platform.called(CALL)) < 12
    assert office.rows("SELECT count(*) FROM colleague_names") == [(0,)]


@pytest.mark.parametrize(
    "said",
    [
        b'{"errcode":0,"userid_list":[7,{"open_userid":1},{"userid":"x"},null]}',
        b'{"errcode":0,"userid_list":[{"open_userid":"woAnother00000000000000000000","userid":"boss"}]}',
    ],
    ids=["garbled", "not asked for"],
)
async def test_what_was_not_asked_for_is_not_believed(office: Office, said: bytes) -> None:
    office.platform.faults[CALL].append(Fault(raw=said))
    office.writes(SECRET_NAME)
    await office.asks()

    assert office.told == []


async def test_who_was_erased_meanwhile_stays_forgotten(office: Office) -> None:
    office.platform.open_userids[SECRET_NAME] = "lihua"
    member = office.writes(SECRET_NAME)
    lookup = office.tools.use(Abilities).of(ColleagueLookup)[APP]
    told = await lookup.userids([SECRET_NAME])
    erase(office, member)
    office.store.do(lambda uow: service.keep(uow, AIBOT, SECRET_NAME, told[SECRET_NAME], APP))
    office.store.do(lambda uow: service.later(uow, AIBOT, [SECRET_NAME]))

    for table in ("colleague_names", "identities", "members"):
        assert office.store.count(table) == 0


async def test_what_was_asked_leaves_with_the_member(office: Office) -> None:
    office.platform.open_userids[SECRET_NAME] = "lihua"
    member, other = office.writes(SECRET_NAME), office.writes("zhaolei")
    await office.asks()
    [data] = colleagues.feature.personal

    exported = office.store.do(lambda uow: data.export(uow, member))
    assert [dict(one) for one in exported] == [
        {"channel": "aibot", "identity": SECRET_NAME, "userid": "lihua"}
    ]
    erase(office, member)
    assert office.store.do(lambda uow: data.export(uow, other)) != []
    assert office.rows("SELECT identity FROM colleague_names") == [("zhaolei",)]


def erase(office: Office, member: MemberId) -> None:
    for data in (*colleagues.feature.personal, *audit.personal, *members.personal):
        office.store.do(lambda uow: data.erase(uow, member))  # noqa: B023 - called at once


async def test_a_thousand_names_are_one_question(office: Office) -> None:
    with office.store.unit() as uow:
        for number in range(1001):
            members.resolve(uow, AIBOT, f"w{number}", NOON)
    await office.asks()

    assert [len(body["open_userid_list"]) for body in office.platform.called(CALL)] == [1000, 1]


async def test_a_death_in_the_middle_asks_again(office: Office) -> None:
    office.platform.open_userids[SECRET_NAME] = "lihua"
    member = office.writes(SECRET_NAME)
    office.writer.settle = refuse
    with pytest.raises(CannotStore):
        await office.asks()
    office.writer.settle = lambda _uow: None
    await office.asks()

    assert office.writes("lihua", APP) == member


def refuse(_uow: object) -> None:
    raise CannotStore("full")


async def test_without_an_app_nothing_is_asked(office: Office) -> None:
    abilities = Abilities()
    abilities.offer(AIBOT, {NamesColleagues: object()})
    office.tools.add(Abilities, abilities)
    office.writes("lihua")
    await office.asks()

    assert office.store.count("colleague_names") == 0


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("lihua", True),
        ("Li.Hua-1_x@corp", True),
        ("wolfgang", True),
        (SECRET_NAME, False),
        ("", False),
        ("李华", False),
        ("a" * 65, False),
        ("a b", False),
        ("<script>", False),
    ],
)
def test_what_an_encrypted_name_looks_like(name: str, *, plain: bool) -> None:
    assert is_userid(name) is plain
