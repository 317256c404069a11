"""From the bot to a human and back: one case, one honest line, one voice."""

import pytest

from bot.commons import cases, reception
from bot.kernel.community import Advisor, Advisors
from bot.kernel.errors import RetryLater
from bot.kernel.messages import Outgoing, Text, UpdateKind, Voice
from tests.features.care.conftest import Shop
from tests.kit.house import PHONE

COMPLAINT = "你们这衣服洗一次就破了个大洞，我要投诉"
LINE = "已经请李顾问来看你的消息。接下来由真人回复你，小助手先不插话。"


@pytest.mark.parametrize(
    "typed", ["转人工", "轉人工", "人工", "找客服", "真人！！", "有人吗？", "zrg", "客服在吗"]
)
async def test_who_asks_for_a_human_gets_one_and_a_true_word(shop: Shop, typed: str) -> None:
    assert await shop.says(typed) == [LINE]

    case = await shop.case()
    assert (case.kind, case.state, case.advisor) == ("human", "assigned", "lisi")
    assert await shop.rows("SELECT owner FROM conversation_owners") == [("pending_human",)]


@pytest.mark.parametrize("typed", ["找造型师", "找穿搭顧問", "叫个人帮我搭一套"])
async def test_who_wants_to_be_dressed_gets_a_stylist(shop: Shop, typed: str) -> None:
    stylist = Advisor("wangfang", "王芳", ("styling",))
    shop.house.tools.add(Advisors, Advisors((Advisor("lisi", "李顾问"), stylist)))

    [said] = await shop.says(typed)

    assert said.startswith("已经请王芳来看你的消息。")
    assert (await shop.case()).advisor == "wangfang"


async def test_asking_again_tells_how_it_stands(shop: Shop) -> None:
    await shop.says("转人工")

    assert await shop.says("转人工") == [
        "已经请李顾问来看，还没接上，下一位就是你。\n着急的话，可以直接联系：到店或拨 021-5555 0000"
    ]
    await shop.accepts()
    assert await shop.says("谁在处理") == ["现在由李顾问在回复你。"]
    assert await shop.rows("SELECT count(*) FROM cases") == [(1,)]


async def test_who_was_handed_on_is_not_said_to_answer_before_she_does(shop: Shop) -> None:
    await shop.says("转人工")
    case = await shop.accepts()
    await shop.advisor(
        lambda uow: cases.assign(uow, case.id, "wangfang", who="lisi", why="transferred")
    )

    assert "已经请王芳来看，还没接上" in (await shop.says("谁在处理"))[0]
    await shop.accepts(advisor="wangfang")
    assert await shop.says("谁在处理") == ["现在由王芳在回复你。"]


async def test_who_waits_hears_how_many_are_before_her(shop: Shop) -> None:
    await shop.says("转人工")
    shop.house.clock.tick(seconds=5)

    assert "前面还有 1 位" in (await shop.says("转人工", "lily"))[0]


async def test_a_complaint_is_handed_over_instead_of_being_answered(shop: Shop) -> None:
    assert await shop.says(COMPLAINT) == [LINE]

    case = await shop.case()
    assert case.kind is cases.Kind.COMPLAINT
    assert case.reasons
    [(words, label)] = await shop.rows("SELECT words, label FROM case_evidence")
    assert (words, label) == (COMPLAINT, "complaint")


async def test_after_the_line_only_a_few_words_are_answered(shop: Shop) -> None:
    await shop.says(COMPLAINT)

    assert await shop.says("帮助") == []
    assert await shop.says("我的打卡") == []
    assert await shop.says("在吗在吗") == []
    assert "记着" in (await shop.says("我的数据"))[0]


async def test_more_of_it_joins_the_case_and_is_not_answered(shop: Shop) -> None:
    await shop.says(COMPLAINT)
    assert await shop.says("再不处理我打12315，找律师起诉你们") == []

    case = await shop.case()
    assert case.severity == 3
    assert await shop.rows("SELECT count(*) FROM case_evidence") == [(2,)]
    assert await shop.rows("SELECT count(*) FROM cases") == [(1,)]


async def test_two_hundred_messages_are_one_case_and_one_line(shop: Shop) -> None:
    said = [await shop.says(f"{COMPLAINT} 第{number}遍") for number in range(200)]

    assert [line for lines in said for line in lines] == [LINE]
    assert await shop.rows("SELECT count(*) FROM cases") == [(1,)]
    [(kept,)] = await shop.rows("SELECT count(*) FROM case_evidence")
    assert kept == 100


async def test_a_check_in_counts_while_a_human_has_her(shop: Shop) -> None:
    await shop.says("转人工")

    assert await shop.says("打卡") == []
    assert await shop.rows("SELECT count(*) FROM checkins") == [(1,)]


@pytest.mark.parametrize(
    "words",
    [
        "你们上次发的裙子有个大破洞，退款到现在没人理，我要投诉",
        "我要投诉你们骗钱",
        "再不退我就打12315",
    ],
)
async def test_a_complaint_inside_a_command_is_heard_and_the_command_counts(
    shop: Shop, words: str
) -> None:
    lines = await shop.says(f"投票 {words}")

    assert lines[-1] == LINE
    assert (await shop.case()).kind is cases.Kind.COMPLAINT


async def test_what_stands_behind_a_command_rings_only_when_it_is_sure(shop: Shop) -> None:
    await shop.says("投票 大衣的袖口起球了，剪掉还是用刮毛器？")

    assert await shop.rows("SELECT count(*) FROM cases") == [(0,)]


async def test_in_a_group_nobody_is_exposed(shop: Shop) -> None:
    assert await shop.says(COMPLAINT, group="vip-1") == []

    case = await shop.case()
    assert (case.in_group, case.advisor) == ("vip-1", "lisi")
    assert await shop.rows("SELECT count(*) FROM conversation_owners") == [(0,)]
    assert "小助手" not in str(await shop.says("打卡", group="vip-1"))


async def test_praise_with_the_word_complaint_is_no_complaint(shop: Shop) -> None:
    await shop.says("不是投诉，想表扬一下你们店的小姐姐，太贴心了")

    assert await shop.rows("SELECT count(*) FROM cases") == [(0,)]


async def test_a_picture_goes_to_an_advisor_and_the_bot_goes_on(shop: Shop) -> None:
    [line] = await shop.shows(UpdateKind.IMAGE)

    assert "已经请李顾问来看" in line
    assert (await shop.case()).kind is cases.Kind.PICTURE
    assert await shop.shows(UpdateKind.VOICE) == [], "one line for a pile"
    assert await shop.says("打卡") != []
    assert await shop.says(COMPLAINT) == [LINE]


async def test_who_is_in_danger_is_told_whom_to_call(shop: Shop) -> None:
    [line] = await shop.says("我不想活了，药都准备好了，谁都别找我")

    assert "120" in line
    assert "12356" in line
    assert (await shop.case()).kind is cases.Kind.SAFETY


async def test_what_the_bot_was_about_to_say_is_withdrawn(shop: Shop) -> None:
    await shop.says("打卡")
    later = Outgoing(PHONE, "amei", Text("本周上新，全场八折"), "promo:1", why="posts")
    shop.house.phone.script.append(RetryLater("busy", after_s=60))
    await shop.advisor(lambda uow: uow.send(later))
    await shop.says("转人工")

    [(status,)] = await shop.rows("SELECT status FROM outbox WHERE key = 'promo:1'")
    assert status == "withdrawn"


async def test_nothing_the_bot_says_later_leaves(shop: Shop) -> None:
    await shop.says("转人工")
    await shop.advisor(lambda uow: uow.send(Outgoing(PHONE, "amei", Text("上新啦"), "promo:1")))
    said = Outgoing(PHONE, "amei", Text("你好，我是李顾问"), "desk:1", voice=Voice.HUMAN)
    await shop.advisor(lambda uow: uow.send(said))

    assert shop.house.phone.texts("amei")[-1] == "你好，我是李顾问"
    assert await shop.rows(
        "SELECT key, status FROM outbox WHERE key IN ('promo:1', 'desk:1') ORDER BY key"
    ) == [
        ("desk:1", "sent"),
        ("promo:1", "withdrawn"),
    ]


async def test_a_group_hears_the_bot_all_the_time(shop: Shop) -> None:
    await shop.says("转人工")
    post = Outgoing(PHONE, "vip-1", Text("早安"), "post:1", to_group=True)
    await shop.advisor(lambda uow: uow.send(post))

    assert await shop.rows("SELECT status FROM outbox WHERE key = 'post:1'") == [("sent",)]


async def test_when_it_is_solved_the_bot_comes_back_and_says_so(shop: Shop) -> None:
    await shop.says(COMPLAINT)
    case = await shop.accepts()
    before = len(shop.house.phone.texts("amei"))
    await shop.resolves(case)

    assert "小助手回来了" in shop.house.phone.texts("amei")[before]
    assert "打卡成功" in (await shop.says("打卡"))[0]


async def test_what_is_found_after_that_opens_the_case_again(shop: Shop) -> None:
    await shop.says(COMPLAINT)
    case = await shop.accepts()
    await shop.resolves(case)
    assert await shop.says("刚收到换的又是破的，退货！投诉！") == [LINE]

    again = await shop.case()
    assert (again.id, again.times_opened, again.state) == (case.id, 2, "assigned")


async def test_what_was_said_before_the_end_is_over(shop: Shop) -> None:
    await shop.says("转人工")
    case = await shop.accepts()
    await shop.resolves(case)
    shop.house.clock.tick(minutes=5)
    await shop.says("2")

    assert (await shop.case()).state is cases.State.RESOLVED


async def test_who_is_silent_for_a_day_after_an_answer_is_the_bots_again(shop: Shop) -> None:
    await shop.says(COMPLAINT)
    case = await shop.accepts()
    now = shop.house.clock.now()
    await shop.advisor(lambda uow: cases.answered(uow, case.id, "lisi", now))
    await shop.waits(hours=23, minutes=59)
    assert (await shop.case()).state is cases.State.WAITING
    await shop.waits(minutes=2)

    assert (await shop.case()).state is cases.State.RESOLVED
    assert "有一阵没收到你的消息" in shop.house.phone.texts("amei")[-1]
    await shop.waits(days=3)
    assert await shop.rows("SELECT state, code FROM cases") == [("closed", "silent")]


async def test_nobody_who_waits_for_a_human_is_given_back(shop: Shop) -> None:
    await shop.says(COMPLAINT)
    await shop.waits(days=9)

    assert (await shop.case()).state is cases.State.ASSIGNED
    assert await shop.says("还有人吗？？") != ["没有"]
    member = await shop.member()
    owned = await shop.house.house.writer.look(lambda uow: reception.owner_of(uow, member))
    assert owned is not None


async def test_without_advisors_operators_are_told(shop: Shop) -> None:
    shop.house.tools.add(Advisors, Advisors())
    [line] = await shop.says("转人工")

    assert "多久能回，我说不准" in line
    [(text,)] = await shop.rows("SELECT text FROM notices")
    assert "会员 1" in str(text)
    assert "amei" not in str(text)


async def test_who_writes_alone_after_the_group_is_told_when_the_bot_is_back(shop: Shop) -> None:
    await shop.says(COMPLAINT, group="vip-1")
    [line] = await shop.says("转人工")
    case = await shop.accepts()
    shop.house.phone.sent.clear()
    await shop.resolves(case)

    assert "李顾问" in line
    assert [one.key for one in shop.house.phone.sent] == ["care:1:1:returned"]


async def test_what_is_opened_again_in_a_group_leaves_her_own_chat_to_the_bot(shop: Shop) -> None:
    await shop.says(COMPLAINT)
    await shop.resolves(await shop.accepts())
    await shop.says(COMPLAINT, group="vip-1")
    case = await shop.case()

    assert (case.in_group, case.state, case.identity) == ("vip-1", "assigned", "amei")
    assert await shop.says("积分") != []


async def test_who_asks_again_after_an_answer_waits_for_the_next_one(shop: Shop) -> None:
    await shop.says("转人工")
    case = await shop.accepts()
    now = shop.house.clock.now()
    await shop.advisor(lambda uow: cases.answered(uow, case.id, "lisi", now))
    shop.house.clock.tick(minutes=5)
    await shop.says("人工")

    assert (await shop.case()).state is cases.State.ACCEPTED
    await shop.waits(hours=30)
    assert (await shop.case()).state is cases.State.ACCEPTED
