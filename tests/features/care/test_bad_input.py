"""What is no ordinary sentence: it is lost nowhere, and rings only when it should."""

import pytest

from bot.commons import cases
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.messages import UpdateKind
from tests.features.care.conftest import Shop
from tests.features.care.test_handing_over import COMPLAINT, LINE
from tests.kit.house import PHONE

LONG = "我想说说这件衣服的事。" * 900 + COMPLAINT


async def kinds(shop: Shop) -> list[object]:
    return [kind for (kind,) in await shop.rows("SELECT kind FROM cases")]


async def test_ten_thousand_characters_are_read_and_kept_short(shop: Shop) -> None:
    assert len(LONG) > 9_900
    assert await shop.says(LONG) == [LINE]

    [(words,)] = await shop.rows("SELECT words FROM case_evidence")
    assert len(str(words)) == 500
    [(payload,)] = await shop.rows("SELECT payload FROM inbox WHERE kind = 'text'")
    assert COMPLAINT in str(payload), "the whole of it is in the book"


@pytest.mark.parametrize("typed", ["👍👍👍", "😂", "🌹🌹", "……", "？？？", "~"])
async def test_signs_alone_ring_nobody(shop: Shop, typed: str) -> None:
    await shop.says(typed)

    assert await kinds(shop) == []


@pytest.mark.parametrize(
    "kind", [UpdateKind.IMAGE, UpdateKind.VOICE, UpdateKind.VIDEO, UpdateKind.FILE], ids=str
)
async def test_what_cannot_be_read_is_shown_to_a_person(shop: Shop, kind: UpdateKind) -> None:
    [line] = await shop.shows(kind)

    assert "已经请李顾问来看" in line
    assert (await shop.case()).kind is cases.Kind.PICTURE
    [(media, said_as)] = await shop.rows("SELECT media, kind FROM case_evidence")
    assert (media, said_as) == ("m-1", kind.value)


async def test_voice_that_the_platform_wrote_down_is_judged_like_words(shop: Shop) -> None:
    assert await shop.says(COMPLAINT, kind=UpdateKind.VOICE) == [LINE]
    assert (await shop.case()).kind is cases.Kind.COMPLAINT


@pytest.mark.parametrize(
    "typed", ["この服は壊れています、返金してください", "Платье порвалось, верните деньги"]
)
async def test_a_language_that_no_rule_reads_is_a_persons(shop: Shop, typed: str) -> None:
    assert await shop.says(typed) == [LINE]


async def test_an_advisors_own_words_open_no_case(shop: Shop) -> None:
    office = Capability((Chat.COLLEAGUE,), "")
    shop.house.tools.add(Doors, Doors({PHONE: office}))
    await shop.says("客户说衣服破了个大洞要投诉退款，我在处理", "lisi")

    assert await kinds(shop) == []


async def test_the_shops_own_advert_handed_on_opens_no_case(shop: Shop) -> None:
    await shop.says(
        "【拾光衣橱】秋冬上新！全场大衣满2000减300，团购10件起享批发价，假一赔十，7天无理由退货，"
        "回复1了解详情"
    )

    assert await kinds(shop) == []


async def test_thanks_after_a_solved_complaint_open_nothing_new(shop: Shop) -> None:
    await shop.says(COMPLAINT)
    case = await shop.accepts()
    await shop.resolves(case)
    shop.house.clock.tick(minutes=5)
    await shop.says("问题解决了，谢谢你们，上次投诉的事处理得很好")

    assert (await shop.case()).state is cases.State.RESOLVED


async def test_a_code_behind_a_command_is_no_hotline(shop: Shop) -> None:
    for code in ("123150", "12315", "350000"):
        await shop.says(f"投票 {code}")

    assert await kinds(shop) == []
