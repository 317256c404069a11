"""Nothing is sold to a member while her complaint is open, and letters find a person instead."""

import pytest

from bot.commons import cases, outreach
from bot.commons.outreach import Letter, Purpose, Told
from bot.kernel.messages import Text
from tests.features.care.conftest import Shop
from tests.features.care.test_handing_over import COMPLAINT


async def told(shop: Shop, purpose: Purpose, key: str = "letter") -> Told:
    member = await shop.member()
    letter = Letter(key, "冬日大衣上新", purpose, part=Text("上新啦"))
    return await shop.house.house.writer.do(
        lambda uow: outreach.tell(uow, shop.house.tools, member, letter)
    )


async def test_offers_wait_until_the_complaint_is_closed(shop: Shop) -> None:
    await shop.says(COMPLAINT)
    assert await told(shop, Purpose.OFFER) is Told.HUSHED
    case = await shop.accepts()
    await shop.resolves(case)
    assert await told(shop, Purpose.OFFER, "second") is Told.HUSHED, "resolved is not closed"
    await shop.waits(days=3, minutes=1)

    assert await told(shop, Purpose.OFFER, "third") is Told.QUEUED


async def test_what_she_asks_meanwhile_does_not_make_her_complaint_forgotten(shop: Shop) -> None:
    await shop.says(COMPLAINT)
    case = await shop.accepts()
    await shop.resolves(case)
    await shop.says("转人工")
    case = await shop.accepts()
    await shop.resolves(case, cases.Ending.ANSWERED)
    assert await told(shop, Purpose.OFFER) is Told.HUSHED
    await shop.waits(days=3, minutes=1)
    assert await told(shop, Purpose.OFFER, "second") is Told.QUEUED

    await shop.says("转人工")
    assert (await shop.case()).id == case.id
    case = await shop.accepts()
    await shop.resolves(case, cases.Ending.ANSWERED)
    assert await told(shop, Purpose.OFFER, "third") is Told.QUEUED, "the complaint was closed"


async def test_who_only_asked_for_a_human_hears_of_offers_again_when_she_is_back(
    shop: Shop,
) -> None:
    await shop.says("转人工")
    case = await shop.accepts()
    await shop.resolves(case, cases.Ending.ANSWERED)

    assert await told(shop, Purpose.OFFER) is Told.QUEUED


@pytest.mark.parametrize("purpose", [Purpose.ESSENTIAL, Purpose.SERVICE])
async def test_what_she_must_know_is_listed_for_a_person_while_a_human_has_her(
    shop: Shop, purpose: Purpose
) -> None:
    await shop.says("转人工")
    assert await told(shop, purpose) is Told.NO_WAY

    rows = await shop.rows("SELECT status FROM letters")
    assert rows == [("no_way",)]
    assert "上新啦" not in shop.house.phone.texts("amei")
