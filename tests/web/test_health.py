"""Machines are told how the house is."""

import asyncio
import json
import sqlite3
from contextlib import closing

from prometheus_client.parser import text_string_to_metric_families as parsed

from bot.kernel.messages import Outgoing, Text
from bot.kernel.work import Statement
from bot.pipeline import inbox, outbox
from tests.kit.web import BELL, Browser, WebHouse
from tests.web.test_webhooks import GOOD, said, update


async def test_a_process_that_answers_is_alive(browser: Browser) -> None:
    assert (await browser.get("/healthz"))[0] == 200


async def test_a_quiet_house_is_ready(browser: Browser) -> None:
    status, text = await browser.get("/readyz")

    assert status == 200
    assert json.loads(text) == {
        "ready": True,
        "engine": "ok",
        "database": "ok",
        "oldest_due_s": 0.0,
        "reason": "",
    }


async def test_a_dead_engine_is_named(house: WebHouse, browser: Browser) -> None:
    house.troubles["engine"] = "stopped"
    status, text = await browser.get("/readyz")

    assert status == 503
    assert json.loads(text)["reason"] == "engine: stopped"


async def test_a_database_without_room_is_named(house: WebHouse, browser: Browser) -> None:
    house.work.full = True
    status, text = await browser.get("/readyz")

    assert status == 503
    assert json.loads(text)["database"] == "disk full"


async def test_a_disk_that_is_really_full_is_named_until_there_is_room(
    house: WebHouse, browser: Browser
) -> None:
    pages = await house.writer.do(lambda uow: uow.run(Statement("PRAGMA page_count"))[0][0])
    await house.writer.do(lambda uow: uow.run(Statement(f"PRAGMA max_page_count = {pages}")))
    for _ in range(3):
        status, text = await browser.get("/readyz")
        house.ticks.s += 1
        assert status == 503
        assert json.loads(text)["reason"].endswith("database or disk is full")
        assert (await browser.get("/healthz"))[0] == 200

    await house.writer.do(lambda uow: uow.run(Statement("PRAGMA max_page_count = 1000000")))
    assert (await browser.get("/readyz"))[0] == 200


async def test_the_disk_is_written_to_once_a_second_however_many_ask(
    house: WebHouse, browser: Browser
) -> None:
    with closing(sqlite3.connect(str(house.store.database.url.database))) as watching:

        def commits() -> object:
            """Return a number that grows with the commits of other connections."""
            return watching.execute("PRAGMA data_version").fetchone()

        begin = commits()
        await asyncio.gather(*(browser.get("/readyz") for _ in range(5)))
        assert begin != (once := commits())
        await browser.get("/readyz")
        assert commits() == once
        house.ticks.s += 1
        await browser.get("/readyz")
        assert commits() != once


async def test_a_proof_leaves_nothing_behind(house: WebHouse, browser: Browser) -> None:
    assert (await browser.get("/readyz"))[0] == 200
    assert house.store.count("pauses") == 0


async def test_a_locked_database_is_named(house: WebHouse, browser: Browser) -> None:
    with house.store.unit() as uow:
        uow.run(Statement("DELETE FROM notices"))
        status, text = await browser.get("/readyz")

    assert status == 503
    assert json.loads(text)["reason"] == "database: no answer within 0.5 s"


async def test_an_item_that_is_due_for_long_makes_it_not_ready(
    house: WebHouse, browser: Browser
) -> None:
    house.store.do(lambda uow: inbox.put(uow, [update()]))
    house.store.clock.tick(seconds=61)
    status, text = await browser.get("/readyz")

    assert status == 503
    assert json.loads(text)["reason"] == "oldest_due: an item is due for 61 s"


async def numbers(browser: Browser) -> dict[str, float]:
    _, text = await browser.get("/metrics")
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in parsed(text)
        for sample in family.samples
    }


async def test_callbacks_are_counted(browser: Browser) -> None:
    before = await numbers(browser)
    for path in (GOOD, GOOD, "/callback/bell", "/callback/nobody"):
        async with browser.client.post(path, data=said("m9")):
            pass
    after = await numbers(browser)

    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert grown["bot_updates_accepted_total['bell']"] == 1
    assert grown["bot_updates_repeated_total['bell']"] == 1
    assert grown["bot_callbacks_refused_total['403', 'bell']"] == 1
    assert grown["bot_callbacks_refused_total['404', 'unknown']"] == 1
    assert grown["bot_callback_seconds_count['bell']"] == 3


async def test_the_books_and_the_rooms_are_read_on_the_spot(
    house: WebHouse, browser: Browser
) -> None:
    house.park_update(update("p1"))
    house.store.do(lambda uow: inbox.put(uow, [update("p2")]))
    messages = [Outgoing(BELL, "vip-1", Text("早"), f"q{n}") for n in range(2)]
    house.store.do(lambda uow: outbox.put(uow, messages, lambda _message: "bell:vip-1"))
    house.store.clock.tick(seconds=30)
    found = await numbers(browser)

    assert found["bot_inbox_parked[]"] == 1
    assert found["bot_inbox_waiting[]"] == 1
    assert found["bot_oldest_due_seconds['inbox']"] == 30
    assert found["bot_outbox_messages['bell', 'queued']"] == 2
    assert found["bot_outbox_messages['bell', 'parked']"] == 0
    assert found["bot_shop_things[]"] == 7
    assert found["bot_database_up[]"] == 1


async def test_no_label_names_a_member(house: WebHouse, browser: Browser) -> None:
    messages = [Outgoing(BELL, f"amei-{n}", Text("早"), f"q{n}") for n in range(300)]
    house.store.do(lambda uow: outbox.put(uow, messages, lambda it: f"bell:{it.recipient}"))
    house.store.do(lambda uow: outbox.pause(uow, "bell:amei-1", 60, "limit"))
    _, text = await browser.get("/metrics")

    assert "amei" not in text
    assert text.count("\nbot_outbox_messages{") == 4


async def test_a_room_whose_figure_fails_does_not_hide_the_others(
    house: WebHouse, browser: Browser
) -> None:
    house.shop.broken = True
    found = await numbers(browser)

    assert "bot_shop_things[]" not in found
    assert found["bot_inbox_waiting[]"] == 0
