"""By which link somebody came is known, and leads her into the right group once."""

import pytest

from bot.app import PERSONAL
from bot.channels.wecom.kefu import KEFU
from bot.commons import members, origins
from bot.features import arrivals
from bot.features.arrivals.errands import invite
from bot.kernel import crash
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.persons import PersonKeys
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import UnitOfWork
from tests.features.arrivals.conftest import WM, WR, WR2, MakeShop, Shop
from tests.kit.kefu import WK, WK2
from tests.kit.mail import Mail
from tests.kit.platforms import Fault

ROWS = "SELECT scene, param, times FROM origins ORDER BY id"
STANDS = "SELECT status, error FROM arrivals_invitations ORDER BY id"


async def test_where_a_member_came_from_is_kept_in_plain_words(shop: Shop) -> None:
    await shop.enters("poster_hike", scene_param="campaign%3D42%20%E6%98%A5")
    await shop.enters("poster_hike", scene_param="campaign%3D42%20%E6%98%A5")

    assert await shop.house.ask(ROWS) == [("poster_hike", "campaign=42 春", 2)]


async def test_what_anybody_may_write_into_a_link_does_no_harm(shop: Shop) -> None:
    hostile = "%3Cscript%3Ealert(1)%3C/script%3E%0A%E2%80%AE" + "x" * 500
    await shop.enters("<b>scene", scene_param=hostile)
    [(scene, param, _)] = await shop.house.ask(ROWS)
    shown = await shop.page()

    assert scene == "<b>scene"
    assert str(param).startswith("<script>alert(1)</script>x")
    assert len(str(param)) == 128
    assert "<b>scene" not in shown
    assert "&lt;b&gt;scene" in shown


async def test_a_member_with_a_thousand_links_fills_no_disk(shop: Shop) -> None:
    for number in range(origins.MOST_OF_A_MEMBER + 5):
        shop.platform.enters(WM, scene=f"s{number}")
    await shop.settle()
    await shop.enters("s1")

    assert await shop.house.ask("SELECT count(*), sum(times) FROM origins") == [
        (origins.MOST_OF_A_MEMBER, origins.MOST_OF_A_MEMBER + 1)
    ]


async def test_who_asks_is_shown_the_group_of_her_scene(shop: Shop) -> None:
    await shop.enters("poster_read")

    assert await shop.says("进群") == ["好，马上把群推荐给你，点开就能申请加入。"]
    assert shop.shown == [
        {
            "open_kfid": WK,
            "external_userid": WM,
            "type": 2,
            "groupchat": {"chat_id": WR2, "wording": "邀请你加入我们的社群"},
        }
    ]
    assert await shop.house.ask("SELECT who, what, why FROM audit") == [
        ("bot", "arrivals.sent", f"asked {WR2}")
    ]
    assert shop.platform.refused == []


async def test_each_group_is_shown_once(shop: Shop) -> None:
    await shop.says("我要进群")
    again = await shop.says("进群")

    assert [one["groupchat"]["chat_id"] for one in shop.shown] == [WR]
    assert "之前已经" in again[0]


async def test_the_first_check_in_shows_the_group_when_operators_want_it(
    make_shop: MakeShop,
) -> None:
    shop = await make_shop(invite_on_checkin=True)
    await shop.enters("poster_hike")
    await shop.says("打卡")
    shop.clock.tick(days=1)
    await shop.says("打卡")

    assert [one["groupchat"]["chat_id"] for one in shop.shown] == [WR]


async def test_without_that_wish_a_check_in_shows_nothing(shop: Shop) -> None:
    await shop.enters("poster_hike")
    await shop.says("打卡")

    assert shop.shown == []


async def test_where_no_group_can_be_shown_the_bot_says_so_kindly(shop: Shop) -> None:
    assert (await shop.house.hears("amei", "进群"))[0].startswith("这里暂时没有")
    assert await shop.house.hears("amei", "进群", group="g1") == []


async def test_what_the_administrator_has_not_configured_is_told_once_with_the_remedy(
    shop: Shop,
) -> None:
    shop.platform.groups = None
    await shop.says("进群")
    await shop.says("进群", "wm2")

    told = [text for text in await shop.notices() if "95021" in text]
    assert len(told) == 1
    assert "升级服务" in told[0]
    assert {status for status, _ in await shop.house.ask(STANDS)} == {"failed"}
    shop.platform.groups = [WR]
    assert "再推荐" in await shop.press("again", invitation="1")
    assert len(shop.shown) == 1


async def test_a_group_outside_of_the_range_is_told_once_by_its_name(shop: Shop) -> None:
    shop.platform.groups = [WR2]
    for who in ("wm1", "wm2"):
        await shop.says("进群", who)

    assert len([text for text in await shop.notices() if "徒步一群" in text]) == 1
    assert shop.shown == []
    assert shop.platform.called("kf/customer/upgrade_service") == []


async def test_a_lost_answer_is_left_to_operators(shop: Shop) -> None:
    shop.platform.faults["kf/customer/upgrade_service"].append(Fault(drop=True, taken=True))
    await shop.says("进群")
    assert [status for status, _ in await shop.house.ask(STANDS)] == ["maybe"]
    assert len(shop.shown) == 1
    shop.clock.tick(seconds=61)
    await shop.settle()

    assert len(shop.shown) == 1
    assert "不知道是否送到" in await shop.page()


@pytest.mark.parametrize(("step", "shown"), [("arrivals.under_way", 0), ("arrivals.shown", 1)])
async def test_a_death_shows_nothing_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, step: str, shown: int
) -> None:
    def dies(name: str) -> None:
        if name == step:
            raise RuntimeError("died")

    with monkeypatch.context() as patch:
        patch.setattr(crash, "step", dies)
        await shop.says("进群")
    for _ in range(4):
        shop.clock.tick(seconds=61)
        await shop.settle()

    assert len(shop.shown) == shown
    assert [status for status, _ in await shop.house.ask(STANDS)] == ["maybe"]


@pytest.mark.parametrize("code", [45009, -1, 42001])
async def test_patience_with_the_platform_shows_the_group_later(shop: Shop, code: int) -> None:
    shop.platform.faults["kf/customer/upgrade_service"].extend([Fault(errcode=code)] * 2)
    await shop.says("进群")
    for _ in range(3):
        shop.clock.tick(seconds=121)
        await shop.settle()

    assert len(shop.shown) == 1
    assert [status for status, _ in await shop.house.ask(STANDS)] == ["sent"]


async def test_who_waits_behind_one_that_the_platform_chokes_on_is_shown_hers(shop: Shop) -> None:
    faults = shop.platform.faults["kf/customer/upgrade_service"]
    faults.extend([Fault(errcode=45009)] * 2)
    await shop.says("进群", "wm1")
    await shop.says("进群", "wm2")
    faults.clear()
    faults.append(Fault(errcode=-1))
    await invite(shop.house.house.writer, shop.house.tools)

    assert [one["external_userid"] for one in shop.shown] == ["wm2"]


async def test_a_refusal_of_one_holds_up_nobody(shop: Shop) -> None:
    shop.platform.faults["kf/customer/upgrade_service"].append(Fault(errcode=40096))
    await shop.says("进群", "wm1")
    await shop.says("进群", "wm2")

    assert [one["external_userid"] for one in shop.shown] == ["wm2"]
    assert "40096" in await shop.page()


async def test_a_recommendation_is_taken_back(shop: Shop) -> None:
    await shop.says("进群")
    assert "撤回" in await shop.press("withdraw", invitation="1")
    assert "✗ 这条已经变了" in await shop.press("withdraw", invitation="1")
    assert "✗ 这条已经变了" in await shop.press("withdraw", invitation="９<x>")

    assert shop.platform.called("kf/customer/cancel_upgrade_service") == [
        {"open_kfid": WK, "external_userid": WM}
    ]
    assert "已撤回" in await shop.page()
    rows = await shop.house.ask("SELECT who, what FROM audit ORDER BY id")
    assert rows[-1] == ("xiaoli", "arrivals.withdrawing")


async def test_links_are_made_and_listed(shop: Shop) -> None:
    assert "生成链接" in await shop.page()
    account = f"kefu:{WK}"
    said = await shop.press("link", account=account, scene="poster_1", name="<b>海报")
    assert "正在生成" in said
    shown = await shop.page()

    assert "enc_scene=ENCposter_1" in shown
    assert "&lt;b&gt;海报" in shown
    assert "只能用" in await shop.press("link", account=account, scene="海报", name="x")
    assert "✗ 没有这个" in await shop.press("link", account="kefu:other", scene="a", name="x")
    assert len(shop.platform.called("kf/add_contact_way")) == 1
    assert await shop.house.ask("SELECT who, what, why FROM audit") == [
        ("xiaoli", "arrivals.link", f"{WK} poster_1")
    ]


async def test_a_link_that_is_refused_says_why(shop: Shop) -> None:
    shop.platform.faults["kf/add_contact_way"].append(Fault(errcode=95000))
    await shop.press("link", account=f"kefu:{WK}", scene="poster_1", name="海报")

    assert "errcode 95000" in await shop.page()


async def test_messages_that_did_not_arrive_are_seen_on_the_page(shop: Shop) -> None:
    await shop.says("帮助")
    event = {
        "event_type": "msg_send_fail",
        "open_kfid": WK,
        "external_userid": WM,
        "fail_msgid": shop.platform.to(WM)[0].msgid,
        "fail_type": 10,
    }
    item = {"msgid": "f1", "open_kfid": WK, "origin": 4, "msgtype": "event", "event": event}
    shop.platform.adds(item | {"send_time": int(shop.clock.now().timestamp())})
    await shop.settle()

    assert "有 1 条发给客户的消息没送到" in await shop.page()


async def test_accounts_given_and_taken_are_told_with_what_to_do(shop: Shop) -> None:
    door = shop.house.house.channels[KEFU]
    plain = (
        "<xml><CreateTime>1782000000</CreateTime><MsgType>event</MsgType>"
        "<Event>kf_account_auth_change</Event><AuthAddOpenKfId>wkNew</AuthAddOpenKfId>"
        f"<AuthDelOpenKfId>{WK2}</AuthDelOpenKfId></xml>"
    )
    assert door.receiver is not None
    received = await door.receiver.receive(Mail().post(plain, shop.clock.now().timestamp()))
    await shop.house.house.inbox.accept(received.updates)
    await shop.house.house.fetching.poke(KEFU, received.hints)
    await shop.house.house.engine.settle()
    before = len(shop.platform.called("kf/sync_msg"))
    shop.clock.tick(seconds=120)
    await shop.house.house.engine.settle()

    [told] = await shop.notices()
    assert "wkNew 交给了" in told
    assert f"{WK2} 不再归" in told
    later = shop.platform.called("kf/sync_msg")[before:]
    assert {call["open_kfid"] for call in later} == {WK}


async def test_nothing_is_left_when_she_is_forgotten(shop: Shop) -> None:
    await shop.enters("poster_hike")
    await shop.says("进群")

    def forget(uow: UnitOfWork) -> object:
        member = members.find(uow, KEFU, WM)
        assert member is not None
        mine = [*origins.personal, *arrivals.feature.personal]
        exported = [data.export(uow, member) for data in mine]
        for data in mine:
            data.erase(uow, member)
        return exported

    exported = str(await shop.house.house.writer.do(forget))
    shop.clock.tick(seconds=120)
    await shop.settle()

    assert "poster_hike" in exported
    assert "徒步一群" in exported
    assert await shop.house.ask(ROWS) == []
    assert await shop.house.ask(STANDS) == []


async def test_empty_the_page_says_how_to_begin(shop: Shop) -> None:
    shown = await shop.page()

    assert "机器人在接待" in shown
    assert "还没有链接" in shown
    assert "还没有推荐过" in shown
    assert "还没有人从" in shown


async def test_who_comes_by_a_link_is_who_the_platform_says_she_is(shop: Shop) -> None:
    groups = ChannelName("customer_groups")
    shop.house.tools.add(PersonalRegistry, PERSONAL)

    def known_by_a_login(uow: UnitOfWork) -> MemberId:
        member = members.resolve(uow, groups, WM, uow.clock.now())
        [key] = shop.house.tools.use(PersonKeys).in_name(KEFU, WM)
        return members.learn(uow, PERSONAL, member, (groups, WM), [key], source="login")

    member = await shop.house.house.writer.do(known_by_a_login)
    await shop.enters("poster_hike")

    assert await shop.house.ask("SELECT channel, member_id FROM identities ORDER BY id") == [
        (groups, member),
        (KEFU, member),
    ]
    assert await shop.house.ask("SELECT member_id FROM origins") == [(member,)]
