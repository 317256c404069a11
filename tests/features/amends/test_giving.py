"""What an advisor gives by herself, what waits for a supervisor, what nobody gives, its undo."""

import asyncio

import pytest

from bot.commons import cases, members
from bot.commons.content import Shelf
from bot.features import amends
from bot.kernel.community import Tiers
from bot.kernel.work import Statement
from tests.kit.amends import form, press
from tests.kit.bureau import AtDesk, Bureau

CASE, ALL = "/desk/amend/1", "/desk/amends"
COFFEE = {"kind": "coffee:coupon", "reason": "扣子掉了"}
USED = Statement("UPDATE coupons SET state = 'redeemed', closed_at = 1")
BIG = {"kind": "keep:refund", "amount": "88.50", "reason": "大衣坏了"}


async def heard(bureau: Bureau) -> list[str]:
    await bureau.settle()
    return bureau.phone.texts("amei")


async def states(bureau: Bureau) -> list[tuple[object, ...]]:
    return await bureau.house.ask("SELECT title, worth_fen, state FROM amends ORDER BY id")


async def balance(bureau: Bureau) -> list[tuple[object, ...]]:
    return await bureau.house.ask("SELECT balance FROM point_accounts WHERE member_id = 1")


async def test_a_small_coupon_is_given_at_once_and_told_when_the_advisor_wants_it(
    bureau: Bureau, lisi: AtDesk
) -> None:
    said = await press(lisi, CASE, "wish", **COFFEE, tells="1")

    assert "给好了" in said
    [(code,)] = await bureau.house.ask("SELECT code FROM coupons")
    told = (await heard(bureau))[-1]
    assert f"{str(code)[:3]}-{str(code)[3:6]}-{str(code)[6:]}" in told
    assert ("lisi", "noted", "补偿已给“咖啡券”（32.00 元）：扣子掉了") in await bureau.steps()
    audited = await bureau.house.ask("SELECT who, what FROM audit WHERE what LIKE 'amends.%'")
    assert audited == [("lisi", "amends.wished"), ("lisi", "amends.given")]


async def test_the_member_hears_nothing_unless_the_advisor_wants_it(
    bureau: Bureau, lisi: AtDesk
) -> None:
    before = await heard(bureau)
    await press(lisi, CASE, "wish", kind="points:points", amount="500", reason="等久了")

    assert await heard(bureau) == before
    assert await balance(bureau) == [(500,)]


async def test_the_same_form_twice_gives_once(bureau: Bureau, lisi: AtDesk) -> None:
    page = await form(lisi, CASE)
    await asyncio.gather(page.send("wish", **COFFEE), page.send("wish", **COFFEE))

    assert await states(bureau) == [("咖啡券", 3200, "given")]
    assert await bureau.house.ask("SELECT COUNT(*) FROM coupons") == [(1,)]


async def test_more_than_she_may_give_waits_for_a_supervisor_and_is_paid_by_somebody(
    bureau: Bureau, lisi: AtDesk, chen: AtDesk
) -> None:
    before = await heard(bureau)
    assert "已交主管批" in await press(lisi, CASE, "wish", **BIG, tells="1")
    assert "等你批" in await chen.sees(ALL)
    assert "办好了点" in await press(chen, ALL, "approve", amend="1")
    assert [one for one in await heard(bureau) if "退给你" in one] == []
    await press(chen, ALL, "settle", amend="1")

    assert (await heard(bureau))[len(before) :] == ["88.50 元已经退给你，东西不用寄回来。"]
    assert "88.50" in await chen.sees(ALL)


async def test_a_reason_that_is_too_long_is_refused_and_stays(lisi: AtDesk, chen: AtDesk) -> None:
    await press(lisi, CASE, "wish", **BIG)
    status, page = await (await form(chen, ALL)).submit("deny", amend="1", why="长" * 201)
    assert (status, "没有改动，你写的还在" in page, "长" * 201 in page) == (422, True, True)

    await press(chen, ALL, "approve", amend="1")
    status, page = await (await form(chen, ALL)).submit("undo", amend="1", why="长" * 201)
    assert (status, "没有改动，你写的还在" in page, "长" * 201 in page) == (422, True, True)


async def test_small_gifts_one_after_the_other_are_added_up(bureau: Bureau, lisi: AtDesk) -> None:
    assert "给好了" in await press(lisi, CASE, "wish", **COFFEE)
    assert "已交主管批" in await press(lisi, CASE, "wish", **COFFEE)

    assert [state for _, _, state in await states(bureau)] == ["given", "waiting"]


async def test_nobody_gives_more_than_the_most(bureau: Bureau, lisi: AtDesk) -> None:
    said = await press(lisi, CASE, "wish", kind="keep:refund", amount="200.01", reason="大衣坏了")

    assert said.startswith("✗")
    assert "最多还能给 200.00 元" in said
    assert await states(bureau) == []


async def test_money_is_given_back_when_somebody_has_done_it(bureau: Bureau, lisi: AtDesk) -> None:
    await press(lisi, CASE, "wish", kind="keep:refund", amount="30", reason="扣子掉了")

    said = [words for _, _, words in await bureau.steps()]
    assert "补偿批了，等人办“无需退货的退款”（30.00 元）：扣子掉了" in said
    assert "补偿已给" not in str(said)


async def test_a_tier_has_limits_of_its_own(bureau: Bureau, lisi: AtDesk) -> None:
    her = await bureau.member()
    await bureau.house.house.writer.do(
        lambda uow: members.set_tier(
            uow, her, "时光挚友", reason="test", who="lin", tiers=Tiers(("时光挚友",))
        )
    )

    assert "已交主管批" in await press(
        lisi, CASE, "wish", kind="keep:refund", amount="300", reason="大衣坏了"
    )


async def test_the_budget_of_a_month_ends_what_an_advisor_gives_alone(
    bureau: Bureau, lisi: AtDesk
) -> None:
    points = {"kind": "points:points", "reason": "等久了"}
    assert "给好了" in await press(lisi, CASE, "wish", **points, amount="4900")
    await bureau.says("衣服破了，我要投诉你们", "lili")
    await bureau.house.house.writer.do(
        lambda uow: cases.assign(uow, 2, "lisi", who="bot", why="routed")
    )

    assert "已交主管批" in await press(lisi, "/desk/amend/2", "wish", **points, amount="3200")
    assert "31.00 元" in await lisi.sees("/desk/amend/2")
    assert len(await states(bureau)) == 2


async def test_a_supervisor_never_approves_her_own_wish(bureau: Bureau, chen: AtDesk) -> None:
    await press(chen, CASE, "wish", **BIG)

    assert "另一位主管" in await press(chen, ALL, "approve", amend="1")
    async with bureau.at("zhou") as zhou:
        assert "批好了" in await press(zhou, ALL, "approve", amend="1")


async def test_two_supervisors_at_once_decide_once(
    bureau: Bureau, lisi: AtDesk, chen: AtDesk
) -> None:
    await press(lisi, CASE, "wish", kind="points:points", amount="9000", reason="大衣坏了")
    async with bureau.at("zhou") as zhou:
        one, other = await form(chen, ALL), await form(zhou, ALL)
        said = await asyncio.gather(
            one.send("approve", amend="1"), other.send("deny", amend="1", why="太多")
        )

    assert sorted(words.startswith("✗") for words in said) == [False, True]
    [(state,)] = await bureau.house.ask("SELECT state FROM amends")
    [(booked,)] = await bureau.house.ask(
        "SELECT COUNT(*) FROM point_entries WHERE reason = 'amends'"
    )
    assert booked == (1 if state == "given" else 0)


async def test_a_refusal_needs_a_reason_and_is_told_to_the_advisor(
    bureau: Bureau, lisi: AtDesk, chen: AtDesk
) -> None:
    await press(lisi, CASE, "wish", **BIG)
    before = await heard(bureau)
    assert "还没写原因" in await press(chen, ALL, "deny", amend="1", why=" ")
    await press(chen, ALL, "deny", amend="1", why="先修扣子")

    assert await heard(bureau) == before
    assert "先修扣子" in bureau.phone.texts("lisi")[-1]
    assert "先修扣子" in await lisi.sees(ALL)


async def test_what_nobody_looks_at_expires_after_business_hours(
    bureau: Bureau, lisi: AtDesk
) -> None:
    await press(lisi, CASE, "wish", **BIG)
    [job] = amends.feature.jobs
    bureau.house.clock.tick(hours=90)  # 48 hours by day are almost four days
    await bureau.house.house.writer.do(lambda uow: job.run(uow, bureau.house.tools))
    assert [state for *_, state in await states(bureau)] == ["waiting"]
    bureau.house.clock.tick(hours=12)
    await bureau.house.house.writer.do(lambda uow: job.run(uow, bureau.house.tools))

    assert [state for *_, state in await states(bureau)] == ["expired"]
    async with bureau.at("chen") as chen:  # a session does not last for so many days
        assert "处理过" in await press(chen, ALL, "approve", amend="1")


async def test_what_was_given_is_taken_back_with_a_reason(bureau: Bureau, lisi: AtDesk) -> None:
    await press(lisi, CASE, "wish", **COFFEE)
    await press(lisi, CASE, "wish", kind="points:points", amount="500", reason="等久了")

    assert "收回了" in await press(lisi, ALL, "undo", amend="1", why="给错人了")
    assert "收回了" in await press(lisi, ALL, "undo", amend="2", why="给错人了")
    assert await bureau.house.ask("SELECT state FROM coupons") == [("revoked",)]
    assert await bureau.house.ask("SELECT balance FROM point_accounts WHERE member_id = 1") == [
        (0,)
    ]
    assert "处理过" in await press(lisi, ALL, "undo", amend="2", why="再来")


async def test_a_coupon_that_is_used_stays_given(bureau: Bureau, lisi: AtDesk) -> None:
    await press(lisi, CASE, "wish", **COFFEE)
    await bureau.house.house.writer.do(lambda uow: uow.run(USED))

    assert "已经用掉了" in await press(lisi, ALL, "undo", amend="1", why="给错人了")
    assert [state for *_, state in await states(bureau)] == ["given"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "points:points", "amount": "-5", "reason": "x"}, "请写补偿多少"),
        ({"kind": "points:points", "amount": "1.5", "reason": "x"}, "请写补偿多少"),
        ({"kind": "keep:refund", "amount": "1.005", "reason": "x"}, "请写补偿多少"),
        ({"kind": "keep:refund", "amount": "", "reason": "x"}, "请写补偿多少"),
        ({"kind": "gold:coupon", "reason": "x"}, "没有这种补偿"),
        ({"kind": "coffee:coupon", "reason": "  "}, "还没写原因"),
        ({"kind": "coffee:coupon", "reason": "长" * 201}, "太长"),
    ],
    ids=["negative", "half a point", "part of a fen", "no amount", "unknown", "no reason", "long"],
)
async def test_a_wrong_form_changes_nothing(
    bureau: Bureau, lisi: AtDesk, fields: dict[str, str], words: str
) -> None:
    said = await press(lisi, CASE, "wish", **fields)

    assert said.startswith("✗")
    assert words in said
    assert await states(bureau) == []


async def test_others_only_look(bureau: Bureau, lisi: AtDesk) -> None:
    await press(lisi, CASE, "wish", **BIG)
    async with bureau.at("wangwu") as wangwu, bureau.at("lin") as lin:
        said = [
            await press(wangwu, CASE, "wish", **COFFEE),
            await press(lin, CASE, "wish", **COFFEE),
            await press(lisi, ALL, "approve", amend="1"),
            await press(lin, ALL, "approve", amend="1"),
            await press(wangwu, ALL, "withdraw", amend="1"),
        ]

    assert [words[0] for words in said] == ["✗"] * 5
    assert "撤回了" in await press(lisi, ALL, "withdraw", amend="1")


async def test_without_the_file_nothing_is_offered(bureau: Bureau, lisi: AtDesk) -> None:
    (bureau.folder / "amends.toml").unlink()
    bureau.house.tools.use(Shelf).look(bureau.house.clock.now())

    assert "还没有能给的东西" in await lisi.sees(CASE)
    assert "没有这种补偿" in await press(lisi, CASE, "wish", **COFFEE)
