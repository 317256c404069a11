"""The whole trip of a stream: what was asked and answered is in the rows, and nowhere else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typing_extensions import override

from bot.channels.wecom.aibot import Aibot, Sayings
from bot.commons.notices import Notices
from bot.kernel.community import Community
from bot.kernel.feature import Feature, Rooms
from bot.kernel.ids import InboxId
from bot.kernel.messages import (
    CardUpdate,
    Image,
    Outgoing,
    RawCallback,
    Receipt,
    Reply,
    Text,
    Update,
)
from bot.kernel.ports import Carried, Shown, Words
from bot.kernel.router import Router
from bot.kernel.work import Context, Statement, Toolbox, UnitOfWork
from bot.pipeline import outbox, passive
from bot.pipeline.house import House
from bot.pipeline.passive import Passive
from bot.pipeline.render import Renderer
from bot.storage.writer import Writer
from bot.web.streams import Streams
from tests.kit.aibot import GROUP, OVER, WAITING, FakeAibot, Json, aibot
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.rooms import Store, TurnedClock
from tests.kit.wecom import PNG_URL, VOTE

router = Router()
PRESS: Json = {
    "card_type": "vote_interaction",
    "event_key": "submit_poll",
    "task_id": VOTE.id,
    "selected_items": {
        "selected_item": [{"question_key": "poll_q1", "option_ids": {"option_id": ["opt_b"]}}]
    },
}


@router.command("打卡")
def check_in(_ctx: Context) -> Reply:
    return Reply(part=Text("打卡成功"))


@router.command("投票")
def vote(_ctx: Context) -> list[Reply]:
    return [Reply(part=Text("请投票")), Reply(part=Text("周五截止")), Reply(part=VOTE)]


@router.command("照片")
def picture(_ctx: Context) -> list[Reply]:
    return [Reply(part=Image(data_url=PNG_URL, alt="合影")), Reply(part=VOTE)]


@router.command("坏")
def broken(_ctx: Context) -> Reply:
    raise RuntimeError("as told")


@router.tap("submit_poll")
def voted(ctx: Context) -> list[Reply]:
    assert ctx.update.tap is not None
    return [
        Reply(part=CardUpdate(ctx.update.tap.handle, "已提交")),
        Reply(part=Text("谢谢投票")),
    ]


@router.event("enter_chat")
def welcome(_ctx: Context) -> Reply:
    return Reply(part=Text("你好"))


ROOM = Feature("stream", router)


@dataclass
class Line:
    """A bot in a house, and its platform; the house can be left dead and built anew."""

    store: Store
    platform: FakeAibot
    folder: Path
    clock: TurnedClock
    arrives: bool = True
    houses: list[House] = field(default_factory=list)
    bot: Aibot = field(init=False)

    async def opens(self, *, worker: bool = True) -> None:
        """Build everything anew, as a started process does."""
        self.bot = aibot(self.clock, self.folder)
        self.bot.first_wait_s = self.bot.again_wait_s = 2.0 if worker else 0.01
        words = Renderer({})
        tools = Toolbox(Rooms([ROOM]), Notices())
        tools.add(Community, Community("拾光衣橱", "Asia/Shanghai"))
        tools.add(Words, words)
        house = House(self.store.database, [ROOM], tools, words, self.clock)
        house.open_doors([self.bot])
        await house.start(worker=worker, scheduler=False)
        self.houses.append(house)
        self.streams = Streams(self.bot.name, self.bot, house.passive)

    async def closes(self) -> None:
        await self.houses.pop().stop()

    async def post(self, raw: RawCallback) -> tuple[int, bytes]:
        """Answer as the web does."""
        received = await self.bot.receive(raw)
        accepted = await self.houses[-1].inbox.accept(received.updates) if received.updates else ()
        response = await self.streams.respond(raw, received, accepted)
        if response is None:
            return 200, received.answer
        await self.streams.written(response, arrived=self.arrives)
        return 200, response.body

    async def settles(self) -> None:
        await self.houses[-1].engine.settle()

    def asked(self) -> InboxId:
        """Return the id of the only message."""
        [(number,)] = self.store.do(lambda uow: uow.run(Statement("SELECT id FROM inbox")))
        return InboxId(int(str(number)))

    def rows(self) -> list[tuple[object, ...]]:
        question = Statement("SELECT status, note FROM outbox ORDER BY id")
        return [tuple(row) for row in self.store.do(lambda uow: uow.run(question))]


@asynccontextmanager
async def line_of(store: Store, folder: Path) -> AsyncIterator[Line]:
    async with FakeAibot() as platform:
        line = Line(store, platform, folder, store.clock)
        platform.post = line.post
        yield line
        while line.houses:
            await line.closes()
        assert platform.refused == []


@pytest.fixture
async def line(store: Store, tmp_path: Path) -> AsyncIterator[Line]:
    async with line_of(store, tmp_path) as opened:
        yield opened


def content(said: Json | None) -> str:
    assert said is not None
    return str(said["stream"]["content"])


IN_RESPONSE = ("sent", "in a response")


async def test_an_answer_in_time_ends_the_stream_at_once(line: Line) -> None:
    await line.opens()
    said = await line.platform.says(line.platform.message("打卡", group=GROUP))
    await line.settles()

    assert said is not None
    assert said["stream"]["finish"] is True
    assert (content(said), line.platform.late) == ("打卡成功", [])
    assert line.rows() == [IN_RESPONSE]


async def test_what_nobody_answers_gets_no_stream(line: Line) -> None:
    await line.opens()

    assert await line.platform.says(line.platform.message("今天天气", group=GROUP)) is None


async def test_all_answers_travel_together(line: Line) -> None:
    await line.opens()
    said = await line.platform.says(line.platform.message("投票"))
    await line.settles()

    assert content(said) == "请投票\n\n周五截止"
    assert said is not None
    assert said["template_card"]["task_id"] == VOTE.id
    assert line.rows() == [IN_RESPONSE] * 2


async def test_a_stream_is_kept_open_until_the_answer_is_there(line: Line) -> None:
    await line.opens(worker=False)
    message = line.platform.message("打卡")
    assert content(await line.platform.says(message)) == WAITING
    assert content(await line.platform.polls(message["msgid"])) == WAITING
    await line.closes()
    await line.opens()

    said = [await line.platform.polls(message["msgid"]) for _ in range(3)]
    await line.settles()
    assert {content(one) for one in said} == {"打卡成功"}
    assert len(line.platform.seen) == 1
    assert (line.rows(), line.platform.late) == ([IN_RESPONSE], [])
    assert line.store.count("inbox") == 1


async def test_a_repeat_gets_the_same_answer_and_has_no_effect(line: Line) -> None:
    await line.opens()
    message = line.platform.message("打卡")
    said = [await line.platform.says(message) for _ in range(3)]

    assert [content(one) for one in said] == ["打卡成功"] * 3
    assert (line.store.count("inbox"), line.store.count("outbox")) == (1, 1)


async def test_a_response_that_did_not_arrive_is_given_again(line: Line) -> None:
    await line.opens()
    line.arrives = False
    message = line.platform.message("打卡")
    await line.platform.says(message)
    assert line.rows() == [("queued", "")]

    line.arrives = True
    assert content(await line.platform.polls(message["msgid"])) == "打卡成功"
    assert line.rows() == [IN_RESPONSE]


async def dies_answering(line: Line) -> Json:
    """Let the house die with an answer in its hands; return the message."""
    await line.opens(worker=False)
    message = line.platform.message("打卡")
    await line.platform.says(message)
    await line.closes()
    await line.opens()
    await line.settles()
    await line.houses[-1].passive.collect(line.asked(), 0)
    await line.closes()
    return message


async def test_what_a_dead_process_was_answering_is_answered_on(line: Line) -> None:
    message = await dies_answering(line)
    await line.opens()

    assert content(await line.platform.polls(message["msgid"])) == "打卡成功"
    assert (line.rows(), line.platform.late) == ([IN_RESPONSE], [])


async def test_when_nobody_knows_whether_it_was_read_it_is_not_said_twice(line: Line) -> None:
    await dies_answering(line)
    line.clock.tick(seconds=300)
    await line.opens()
    await line.settles()

    assert (line.rows(), line.platform.late) == ([("maybe", "")], [])


async def test_an_answer_that_no_poll_fetched_goes_to_the_address_once(line: Line) -> None:
    await line.opens(worker=False)
    message = line.platform.message("打卡", group=GROUP)
    await line.platform.says(message)
    await line.closes()
    line.clock.tick(seconds=300)
    await line.opens()
    await line.settles()

    assert [one["markdown"]["content"] for one in line.platform.late] == ["打卡成功"]
    assert content(await line.platform.polls(message["msgid"])) == OVER
    assert line.rows() == [("sent", "")]


async def test_a_late_answer_is_one_message_of_all_words(line: Line) -> None:
    await line.opens(worker=False)
    await line.platform.says(line.platform.message("投票"))
    await line.closes()
    line.clock.tick(seconds=300)
    await line.opens()
    await line.settles()

    [words] = line.platform.late
    assert words["markdown"]["content"] == "请投票\n\n周五截止"
    assert [one.code for one in line.platform.refused] == [846606]  # the card came second
    line.platform.refused.clear()


async def test_after_an_hour_nothing_is_tried(line: Line) -> None:
    await line.opens(worker=False)
    await line.platform.says(line.platform.message("打卡"))
    await line.closes()
    line.clock.tick(minutes=61)
    await line.opens()
    await line.settles()

    assert ([status for status, _ in line.rows()], line.platform.late) == (["parked"], [])


async def test_a_stream_of_which_nothing_is_known_is_ended(line: Line) -> None:
    await line.opens()

    assert content(await line.platform.polls("of another life")) == OVER


async def test_a_failing_room_keeps_the_stream_open(line: Line) -> None:
    await line.opens()
    line.bot.first_wait_s = 0.3
    message = line.platform.message("坏")

    assert content(await line.platform.says(message)) == WAITING


class Clumsy(Aibot):
    """A bot whose responses can't be made."""

    @override
    async def carry(
        self,
        answers: Sequence[Outgoing],
        raw: RawCallback,
        update: Update,
        shown: Shown,
        *,
        again: bool,
    ) -> Carried | None:
        raise RuntimeError("as told")


async def test_what_cannot_be_made_into_a_response_goes_to_the_address(line: Line) -> None:
    await line.opens()
    sayings = Sayings(WAITING, OVER)
    clumsy = Clumsy(
        token=TOKEN, aes_key=AES_KEY, sayings=sayings, media_root=line.folder, clock=line.clock
    )
    line.streams = Streams(clumsy.name, clumsy, line.houses[-1].passive)

    assert await line.platform.says(line.platform.message("打卡")) is None
    await line.settles()
    assert [one["markdown"]["content"] for one in line.platform.late] == ["打卡成功"]


async def test_a_press_changes_the_card_and_words_go_to_the_address(line: Line) -> None:
    await line.opens()
    await line.platform.says(line.platform.message("投票"))
    event = {"eventtype": "template_card_event", "template_card_event": PRESS}
    press = line.platform.message("", msgtype="event", event=event)
    said = await line.platform.says(press, "press")
    await line.settles()

    assert said is not None
    assert said["template_card"]["submit_button"]["text"] == "已提交"
    checked = [one["is_checked"] for one in said["template_card"]["checkbox"]["option_list"]]
    assert checked == [False, True]
    assert [one["markdown"]["content"] for one in line.platform.late] == ["谢谢投票"]
    assert line.rows()[2:] == [("sent", "in a response"), ("sent", "")]


async def test_who_enters_is_greeted(line: Line) -> None:
    await line.opens()
    body = line.platform.message("", msgtype="event", event={"eventtype": "enter_chat"})
    del body["response_url"]

    said = await line.platform.says(body, "enter")
    assert said == {"msgtype": "text", "text": {"content": "你好"}}
    assert await line.platform.says(body | {"msgid": "f", "event": {"eventtype": "x"}}) is None


async def test_a_picture_travels_with_a_card(line: Line) -> None:
    await line.opens()
    said = await line.platform.says(line.platform.message("照片"))

    assert said is not None
    assert (len(said["stream"]["msg_item"]), said["template_card"]["task_id"]) == (1, VOTE.id)


async def test_who_was_erased_meanwhile_gets_no_answer(line: Line) -> None:
    await line.opens()
    message = line.platform.message("打卡")
    await line.platform.says(message)
    line.store.do(lambda uow: uow.run(Statement("UPDATE inbox SET payload = ''")))

    assert content(await line.platform.polls(message["msgid"])) == OVER


def test_the_statements_use_their_indexes(store: Store) -> None:
    for statement, values, index in (
        (passive._ALL, {"inbox_id": 1}, "ix_outbox_passive"),  # noqa: SLF001
        (passive._THERE, {"inbox_id": 1}, "ix_outbox_passive"),  # noqa: SLF001
        (passive._SHOWN, {"channel": "aibot", "handle": "t"}, "ix_outbox_handle"),  # noqa: SLF001
    ):
        assert index in store.plan(statement, **values)


async def test_the_desk_works_on_both_databases(store_on_both: Store) -> None:
    writer = Writer(store_on_both.database, store_on_both.clock)
    await writer.start()
    desk = Passive(writer)
    message = Outgoing(AIBOT_NAME, "lihua", VOTE, "reply:7:0")

    def put(uow: UnitOfWork) -> None:
        outbox.put(uow, [message], lambda one: one.recipient, inbox_id=InboxId(7), hold_s=9)

    await writer.do(put)
    [(item, outgoing)], coming = await desk.collect(InboxId(7), 0)
    assert (outgoing, coming) == (message, False)
    await desk.hand_back([item])
    [(item, _)], _ = await desk.collect(InboxId(7), 0)
    await desk.carried({item: Receipt(handle=VOTE.id)})
    assert await desk.shown(AIBOT_NAME, VOTE.id) == VOTE
    assert await desk.shown(AIBOT_NAME, "") is None
    assert await desk.collect(InboxId(8), 0) == ((), False)
    assert await desk.find(AIBOT_NAME, "nothing") is None
    await writer.stop()


AIBOT_NAME = aibot(TurnedClock(), Path()).name


async def test_a_stream_is_shown_only_in_the_chat_that_began_it(line: Line) -> None:
    await line.opens()
    message = line.platform.message("打卡", who="lihua")
    await line.platform.says(message)

    other = await line.platform.polls(message["msgid"], **{"from": {"userid": "zhaolei"}})
    elsewhere = await line.platform.polls(message["msgid"], chatid=GROUP, chattype="group")
    assert content(other) == content(elsewhere) == OVER
    assert content(await line.platform.polls(message["msgid"])) == "打卡成功"
    nobody = await line.platform.polls(message["msgid"], **{"from": None})
    assert content(nobody) == "打卡成功", "a platform that names nobody asks for the stream"
