"""The console works the same on both databases."""

import json

from bot.kernel.messages import Outgoing, Text
from tests.kit.rooms import Store
from tests.kit.web import BELL, WebHouse
from tests.web.test_webhooks import GOOD, said, update


async def test_a_message_comes_in_gets_stuck_and_is_mended(store_on_both: Store) -> None:
    house = WebHouse(store_on_both)
    house.add_account()
    update_id = house.park_update(update("p1"))
    message_id = house.park_message(Outgoing(BELL, "vip-1", Text("早"), "o1"), "maybe")
    async with house.open() as browser:
        async with browser.client.post(GOOD, data=said()) as answer:
            assert answer.status == 200
        await browser.sign_in()
        assert "2 条搁置着" in (await browser.get("/console/"))[1]
        for book, item in (("inbox", update_id), ("outbox", message_id)):
            assert f"item-{item}" in (await browser.get(f"/console/trip?book={book}"))[1]
            form = {"csrf": await browser.csrf(), "items": str(item)}
            await browser.submit(f"/console/trip/{book}/retry", form)
        status, text = await browser.get("/readyz")

    assert house.status_of("inbox", update_id) == "waiting"
    assert house.status_of("outbox", message_id) == "queued"
    assert (status, json.loads(text)["database"]) == (200, "ok")
