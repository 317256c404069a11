"""What an operator orders is made at most once; a lost answer is hers to decide."""

from collections.abc import Mapping

import pytest

from bot.commons import groups
from bot.features import customer_groups
from bot.features.customer_groups.ordering import BadGreeting, NotPossible
from bot.kernel import crash
from bot.kernel.work import Statement
from bot.pipeline.housekeeping import catch_up
from tests.kit.customers import chat
from tests.kit.groups import Stage
from tests.kit.house import HouseUnderTest
from tests.kit.media import MP4, PDF, png
from tests.kit.platforms import Fault

GROUPS, GREETINGS = customer_groups.feature.pages
WAY = "externalcontact/groupchat/add_join_way"
ADD = "externalcontact/group_welcome_template/add"
EDIT = "externalcontact/group_welcome_template/edit"
WANT_ALL = Statement("UPDATE group_greetings SET status = 'wanted' RETURNING id")
HELLO = {"text": "欢迎 %NICKNAME%", "title": "群规", "url": "https://example.invalid/rules"}


async def press(built: HouseUnderTest, action: str, form: Mapping[str, str]) -> str:
    act = {**GROUPS.actions, **GREETINGS.actions}[action]
    said = await built.house.writer.do(lambda uow: act(uow, built.tools, form, "xiaoli"))
    await built.house.engine.settle()
    return said


async def statuses(built: HouseUnderTest, table: str) -> list[tuple[object, ...]]:
    return await built.ask(f"SELECT status, platform_id <> '', error FROM {table} ORDER BY id")


async def deeds(built: HouseUnderTest) -> list[tuple[object, ...]]:
    return await built.ask("SELECT who, what, why FROM audit ORDER BY id")


@pytest.fixture
async def ready(stage: Stage) -> Stage:
    stage.platform.opens(1)
    stage.clock.tick(seconds=9)
    return stage


async def test_a_join_way_is_made_shown_and_taken_back(ready: Stage) -> None:
    async with ready.house() as built:
        await built.house.engine.settle()
        await press(built, "make-way", {"chat": chat(1), "state": "海报"})
        ((url, who),) = await built.ask("SELECT picture_url, made_by FROM group_join_ways")
        assert "/wwpic/" in str(url)
        assert who == "xiaoli"
        assert ready.platform.called(WAY)[0]["state"] == "海报"

        await press(built, "take-way-back", {"chat": chat(1)})
        assert ready.platform.ways == {}
        assert await statuses(built, "group_join_ways") == []
        told = await built.ask("SELECT who, what FROM audit ORDER BY id")
        assert told == [
            ("xiaoli", "customer_groups.join_way"),
            ("xiaoli", "customer_groups.join_way_taken_back"),
        ]


def puts(stage: Stage, name: str, content: bytes) -> None:
    (stage.folder / "pictures").mkdir(exist_ok=True)
    (stage.folder / "pictures" / name).write_bytes(content)


PROGRAM = {"title": "报名", "app_id": "wx0123456789abcdef", "page": "pages/join?from=group"}


@pytest.mark.parametrize(
    ("kind", "content", "more"),
    [
        ("image", png(), {}),
        ("miniprogram", png(), PROGRAM),
        ("file", PDF, {}),
        ("video", MP4, {}),
    ],
)
async def test_a_greeting_brings_what_the_platform_takes(
    ready: Stage, kind: str, content: bytes, more: Mapping[str, str]
) -> None:
    puts(ready, "thing", content)
    form = {"text": "欢迎 %NICKNAME%", "kind": kind, "path": "thing", **more}
    async with ready.house() as built:
        await press(built, "add", form)
        assert await statuses(built, "group_greetings") == [("made", 1, "")]

        ready.platform.forget_media()  # the id had three days; a change uploads anew
        await press(built, "change", {**form, "id": "1", "text": "你好"})
        assert await statuses(built, "group_greetings") == [("made", 1, "")]
    (kept,) = ready.platform.greetings.values()
    assert kept["text"] == {"content": "你好"}
    assert "link" not in kept
    assert kind in kept
    if kind == "miniprogram":
        assert kept[kind]["appid"] == PROGRAM["app_id"]
        assert kept[kind]["page"] == PROGRAM["page"]
    assert len(ready.platform.called("media/upload")) == 2


async def test_a_draft_is_seen_before_the_platform_hears_of_it(ready: Stage) -> None:
    puts(ready, "dress.png", png())
    form = {"text": "欢迎", "kind": "image", "path": "dress.png"}
    async with ready.house() as built:
        await press(built, "draft", form)
        await press(built, "draft", {**form, "id": "1", "text": "欢迎 %NICKNAME%"})
        await ready.passes(built, hours=1)
        assert ready.platform.greetings == {}
        told = await built.house.writer.look(lambda uow: GREETINGS.load(uow, built.tools, {}))
        shown = built.words(GREETINGS.template, csrf_field="", **told)
        assert "欢迎 小鹿" in shown
        assert '<img class="thumb" loading="lazy" src="/console/greetings/files/1"' in shown
        give = GREETINGS.files
        assert give is not None
        found = await built.house.writer.look(lambda uow: give(uow, built.tools, 1))
        assert found is not None
        with found.open() as file:
            assert (found.content_type, file.read()) == ("image/png", png())

        await press(built, "hand-over", {"id": "1"})
        assert await statuses(built, "group_greetings") == [("made", 1, "")]
        for action in ("hand-over", "drop"):
            with pytest.raises(NotPossible):
                await press(built, action, {"id": "1"})
        with pytest.raises(NotPossible):  # what is with the platform becomes no draft again
            await press(built, "draft", {**form, "id": "1"})

        await press(built, "draft", form)
        await press(built, "drop", {"id": "2"})
        assert await statuses(built, "group_greetings") == [("made", 1, "")]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"kind": "image", "path": ""}, "path"),
        ({"kind": "image", "path": "gone.png"}, "image file"),
        ({"kind": "image", "path": "../secret"}, "image file"),
        ({"kind": "image", "path": "paper.pdf"}, "image file"),
        ({"kind": "video", "path": "paper.pdf"}, "video file"),
        ({"kind": "file", "path": "empty"}, "file file"),
        ({"kind": "miniprogram", "path": "a.png", **PROGRAM, "app_id": "gh_1"}, "app_id"),
        ({"kind": "miniprogram", "path": "a.png", **PROGRAM, "page": ""}, "page"),
        ({"kind": "miniprogram", "path": "a.png", **PROGRAM, "title": "题" * 22}, "program_title"),
        ({"kind": "miniprogram", **PROGRAM}, "path"),
        ({"kind": "poem"}, "title"),
    ],
)
async def test_what_the_platform_would_refuse_is_said_with_its_field(
    ready: Stage, form: Mapping[str, str], field: str
) -> None:
    for name, content in (("paper.pdf", PDF), ("a.png", png()), ("empty", b"")):
        puts(ready, name, content)
    (ready.folder / "secret").write_bytes(png())
    async with ready.house() as built:
        with pytest.raises(BadGreeting) as caught:
            await press(built, "add", {"text": "欢迎", **form})
        assert caught.value.words["field"] == field
        assert built.words(caught.value.template, **caught.value.words).startswith("没有保存")


async def test_a_second_press_makes_no_second_join_way(ready: Stage) -> None:
    async with ready.house() as built:
        await built.house.engine.settle()
        await press(built, "make-way", {"chat": chat(1)})
        with pytest.raises(NotPossible):
            await press(built, "make-way", {"chat": chat(1)})
        with pytest.raises(NotPossible):
            await press(built, "make-way", {"chat": "wr-nowhere"})

        assert len(ready.platform.ways) == 1


async def test_a_group_that_is_no_more_gets_no_join_way(ready: Stage) -> None:
    async with ready.house() as built:
        await built.house.engine.settle()
        now = ready.clock.now()
        await built.house.writer.do(lambda uow: groups.dismissed(uow, chat(1), now, "event"))
        with pytest.raises(NotPossible):
            await press(built, "make-way", {"chat": chat(1)})

        assert await statuses(built, "group_join_ways") == []


@pytest.mark.parametrize(
    "fault",
    [Fault(drop=True, taken=True), Fault(raw=b'{"errcode": 0}', taken=True)],
    ids=["lost", "without its id"],
)
async def test_a_lost_answer_is_in_doubt_until_an_operator_decides(
    ready: Stage, fault: Fault
) -> None:
    ready.platform.faults[WAY].append(fault)
    async with ready.house() as built:
        await built.house.engine.settle()
        await press(built, "make-way", {"chat": chat(1)})
        await ready.passes(built, hours=1)
        assert await statuses(built, "group_join_ways") == [("doubtful", 0, "")]
        assert len(ready.platform.ways) == 1

        await press(built, "try-way", {"id": "1"})
        assert await statuses(built, "group_join_ways") == [("made", 1, "")]
        assert await deeds(built) == [
            ("xiaoli", "customer_groups.join_way", chat(1)),
            ("xiaoli", "customer_groups.join_way", "again: 1"),
        ]


async def test_a_greeting_in_doubt_is_made_again_when_an_operator_says_so(ready: Stage) -> None:
    ready.platform.faults[ADD].append(Fault(raw=b"<html>"))
    async with ready.house() as built:
        await built.house.engine.settle()
        await press(built, "add", HELLO)
        await ready.passes(built, hours=1)
        assert await statuses(built, "group_greetings") == [("doubtful", 0, "")]
        assert ready.platform.greetings == {}

        await press(built, "try", {"id": "1"})
        assert await statuses(built, "group_greetings") == [("made", 1, "")]
        assert len(ready.platform.greetings) == 1
        with pytest.raises(NotPossible):
            await press(built, "try", {"id": "1"})
        assert await deeds(built) == [
            ("xiaoli", "customer_groups.greeting", "new"),
            ("xiaoli", "customer_groups.greeting", "again: 1"),
        ]


async def test_a_refusal_is_shown_and_can_be_tried_again(ready: Stage) -> None:
    ready.platform.faults[ADD].append(Fault(errcode=48002))
    ready.platform.faults[WAY].append(Fault(errcode=40058))
    async with ready.house() as built:
        await built.house.engine.settle()
        await press(built, "make-way", {"chat": chat(1)})
        assert await statuses(built, "group_join_ways") == [("refused", 0, "40058")]
        await press(built, "try-way", {"id": "1"})
        assert await statuses(built, "group_join_ways") == [("made", 1, "")]

        await press(built, "add", HELLO)  # not allowed at all: nothing is given up, it rests
        assert await statuses(built, "group_greetings") == [("wanted", 0, "48002")]
        await ready.passes(built, seconds=301)
        assert await statuses(built, "group_greetings") == [("made", 1, "")]


async def test_a_limit_is_waited_for(ready: Stage) -> None:
    ready.platform.faults[ADD].append(Fault(errcode=45009))
    async with ready.house() as built:
        await built.house.engine.settle()
        await press(built, "add", HELLO)
        await ready.passes(built, seconds=61)

        assert await statuses(built, "group_greetings") == [("made", 1, "")]
        assert len(ready.platform.greetings) == 1


async def test_an_order_that_is_told_later_waits_by_itself(ready: Stage) -> None:
    async with ready.house() as built:
        await built.house.engine.settle()
        await press(built, "add", HELLO)
        ready.platform.faults[EDIT].extend([Fault(errcode=-1), Fault(errcode=-1)])
        await press(built, "change", {**HELLO, "id": "1", "text": "你好"})
        await press(built, "add", HELLO)
        assert await statuses(built, "group_greetings") == [("wanted", 1, "-1"), ("made", 1, "")]

        await ready.passes(built, seconds=6)
        assert len(ready.platform.called(EDIT)) == 0  # told later once more, twice as late
        await ready.passes(built, seconds=6)
        assert len(ready.platform.called(EDIT)) == 0
        await ready.passes(built, seconds=5)
        assert await statuses(built, "group_greetings") == [("made", 1, ""), ("made", 1, "")]
        assert await built.ask("SELECT count(*) FROM group_greetings WHERE tries > 0") == [(0,)]


async def test_a_picture_that_is_told_later_holds_up_no_other(ready: Stage) -> None:
    ready.platform.opens(2)
    ready.platform.faults["externalcontact/groupchat/get_join_way"].append(Fault(errcode=-1))
    async with ready.house() as built:
        await ready.reconcile(built)
        await press(built, "make-way", {"chat": chat(1)})
        await press(built, "make-way", {"chat": chat(2)})
        pictures = "SELECT picture_url <> '' FROM group_join_ways ORDER BY id"
        assert await built.ask(pictures) == [(0,), (1,)]

        await ready.passes(built, seconds=6)
        assert await built.ask(pictures) == [(1,), (1,)]


async def test_three_orders_in_a_row_that_are_told_later_are_the_platforms_trouble(
    ready: Stage,
) -> None:
    async with ready.house() as built:
        await built.house.engine.settle()
        for _ in range(4):
            await press(built, "add", HELLO)
        await built.house.writer.do(lambda uow: uow.run(WANT_ALL))
        ready.platform.faults[EDIT].extend([Fault(errcode=-1)] * 3)
        await ready.passes(built, seconds=301)
        told = await built.ask("SELECT error FROM group_greetings ORDER BY id")
        assert told == [("-1",), ("-1",), ("-1",), ("",)]

        await ready.passes(built, seconds=301)
        assert await statuses(built, "group_greetings") == [("made", 1, "")] * 4


async def test_a_clock_that_was_set_back_holds_up_no_order(ready: Stage) -> None:
    async with ready.house() as built:
        await built.house.engine.settle()
        await press(built, "add", HELLO)
        ready.platform.faults[EDIT].append(Fault(errcode=-1))
        await press(built, "change", {**HELLO, "id": "1"})
        ready.clock.tick(hours=-6)
        await built.house.writer.do(catch_up)
        await ready.passes(built, seconds=1)

        assert await statuses(built, "group_greetings") == [("made", 1, "")]


@pytest.mark.parametrize("step", ["orders.begun", "orders.asked", "orders.recorded"])
async def test_a_death_makes_nothing_twice(
    ready: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def dies(name: str) -> None:
        if name == step:
            raise RuntimeError("died")

    with monkeypatch.context() as patched:
        async with ready.house() as built:
            await built.house.engine.settle()
            patched.setattr(crash, "step", dies)
            await press(built, "add", HELLO)
            await built.house.stop(0)
    ready.clock.tick(minutes=3)
    async with ready.house() as built:
        await built.house.engine.settle()
        ((status, _, _),) = await statuses(built, "group_greetings")

        assert status == ("made" if step == "orders.recorded" else "doubtful")
        assert len(ready.platform.called(ADD)) == (0 if step == "orders.begun" else 1)


async def test_a_change_reaches_the_platform_even_when_an_answer_gets_lost(ready: Stage) -> None:
    edit = "externalcontact/group_welcome_template/edit"
    ready.platform.faults[edit].append(Fault(drop=True, taken=True))
    async with ready.house() as built:
        await built.house.engine.settle()
        await press(built, "add", HELLO)
        await press(built, "change", {**HELLO, "id": "1", "text": "你好 %NICKNAME%"})
        await ready.passes(built, seconds=301)

        (kept,) = ready.platform.greetings.values()
        assert kept["text"]["content"] == "你好 %NICKNAME%"
        assert await statuses(built, "group_greetings") == [("made", 1, "")]
        with pytest.raises(NotPossible):
            await press(built, "change", {**HELLO, "id": "7"})
        assert await deeds(built) == [
            ("xiaoli", "customer_groups.greeting", "new"),
            ("xiaoli", "customer_groups.greeting", "changed: 1"),
        ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "  "),
        ("text", "好" * 1001),
        ("title", ""),
        ("title", "题" * 43),
        ("url", "example.invalid"),
        ("url", "javascript:alert(1)"),
        ("url", "https://example.invalid/a b"),
        ("url", "https://[broken"),
        ("description", "说" * 171),
        ("image_url", "data:image/png;base64,AA"),
    ],
)
async def test_a_greeting_that_would_be_refused_is_not_written_down(
    ready: Stage, field: str, value: str
) -> None:
    async with ready.house() as built:
        with pytest.raises(BadGreeting) as caught:
            await press(built, "add", {**HELLO, field: value})

        assert caught.value.words == {"field": field}
        words = built.words(BadGreeting.template, **caught.value.words)
        assert words.startswith("没有保存：“")
        assert await statuses(built, "group_greetings") == []


async def test_the_largest_greeting_is_taken(ready: Stage) -> None:
    most = {
        "text": "好" * 1000,
        "title": "题" * 42,
        "url": f"https://example.invalid/{'a' * 2000}",
        "description": "说" * 170,
        "image_url": "https://example.invalid/g.jpg",
    }
    async with ready.house() as built:
        await built.house.engine.settle()
        await press(built, "add", most)

        assert await statuses(built, "group_greetings") == [("made", 1, "")]


async def test_tags_are_listed_and_follow_the_platform(ready: Stage) -> None:
    tag = {"id": "et1", "name": "徒步"}
    ready.platform.tags = [{"group_id": "g1", "group_name": "兴趣", "tag": [tag]}]
    told = (
        "<xml><ToUserName>x</ToUserName><FromUserName>sys</FromUserName>"
        f"<CreateTime>{int(ready.clock.now().timestamp())}</CreateTime><MsgType>event</MsgType>"
        "<Event>change_external_tag</Event><Id>et1</Id><TagType>tag</TagType>"
        "<ChangeType>update</ChangeType></xml>"
    )
    async with ready.house() as built:
        await built.house.engine.settle()
        assert await built.ask("SELECT group_name, name FROM corp_tags") == [("兴趣", "徒步")]
        tag["name"] = "远足"
        await ready.hears(built, told)

        assert await built.ask("SELECT name FROM corp_tags") == [("远足",)]
