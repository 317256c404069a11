"""Moments: asked for once, published by people, stopped when nobody wants them any more."""

from collections.abc import AsyncIterator, Mapping
from itertools import count
from pathlib import Path

import pytest

from bot.commons.content import Shelf
from bot.features import mass_send
from bot.features.mass_send.drafting import NothingChosen, NotRendered
from bot.features.mass_send.service import Over
from tests.features.mass_send.conftest import Stage, dies_at, notices, statuses
from tests.features.mass_send.test_console import deeds, page
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import HouseUnderTest
from tests.kit.platforms import Fault
from tests.kit.wecom import PNG

(PAGE,) = mass_send.feature.pages
CALL = "externalcontact/add_moment_task"
FORM = {"file": "posts/a.md", "publishers": "lihua，lisi lihua", "stamp": "17"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.schedule("")
    made.write("media/a.png", PNG)
    made.post("posts/a.md", "周六徒步", 'media = ["a.png"]\n')
    return made


@pytest.fixture
async def built(stage: Stage, desk: Desk) -> AsyncIterator[HouseUnderTest]:
    stage.folder = desk.content / "media"  # where its pictures are; the database moves along
    async with stage.house() as house:
        looks = count(step=10)
        shelf = Shelf(desk.content, desk.schedules, KNOWN, monotonic=lambda: float(next(looks)))
        house.tools.add(Shelf, shelf)
        yield house


async def press(built: HouseUnderTest, action: str, form: Mapping[str, str]) -> str:
    act = PAGE.actions[action]
    await page(built, new="1")
    said = await built.house.writer.do(lambda uow: act(uow, built.tools, form, "xiaoli"))
    await built.house.engine.settle()
    return said


async def states(built: HouseUnderTest) -> dict[str, int]:
    return await statuses(built, "moments")


async def test_a_moment_is_made_and_published_one_by_one(
    stage: Stage, built: HouseUnderTest
) -> None:
    assert "请 2 位同事发表" in await press(built, "moment", FORM)
    await press(built, "moment", FORM)  # pressed twice
    (moment,) = stage.platform.moments.values()
    assert moment.body["text"] == {"content": "周六徒步"}
    assert moment.body["visible_range"]["sender_list"]["user_list"] == ["lihua", "lisi"]
    assert [one["msgtype"] for one in moment.body["attachments"]] == ["image"]

    stage.platform.publish(moment, "lisi")
    await stage.pass_(built, minutes=5)
    shown = (await page(built)).partition("朋友圈</h2>")[2]
    assert "等同事发表" in shown
    assert "<dt>没发表</dt><dd><bdi>lihua</bdi></dd>" in shown

    stage.platform.publish(moment, "lihua")
    await stage.pass_(built, minutes=5)
    assert await states(built) == {"delivered": 1}
    assert await deeds(built) == [("xiaoli", "moment.drafted"), ("bot", "moment.created")]
    assert stage.platform.refused == []


async def test_a_job_takes_its_time(stage: Stage, built: HouseUnderTest) -> None:
    stage.platform.dispatching = 3
    await press(built, "moment", FORM)
    for _ in range(5):
        await stage.pass_(built, seconds=61)

    assert await states(built) == {"created": 1}


@pytest.mark.parametrize("step", ["moment.claimed", "moment.called"])
async def test_a_death_makes_no_second_moment(
    stage: Stage, built: HouseUnderTest, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as patch:
        dies_at(patch, step)
        await press(built, "moment", FORM)
    for _ in range(5):
        await stage.pass_(built, seconds=61)

    assert await states(built) == {"unclear": 1}
    assert "不知道有没有建成" in (await notices(built))[0]
    assert len(stage.platform.called("add_moment_task")) <= 1


@pytest.mark.parametrize(
    ("fault", "state", "calls"),
    [
        (Fault(drop=True, taken=True), "unclear", 1),
        (Fault(errcode=-1), "unclear", 0),
        (Fault(errcode=45009), "created", 1),
        (Fault(errcode=48002), "drafted", 0),
        (Fault(errcode=60011), "failed", 0),
    ],
)
async def test_what_the_platform_answers_decides(
    stage: Stage, built: HouseUnderTest, fault: Fault, state: str, calls: int
) -> None:
    stage.platform.faults[CALL].append(fault)
    await press(built, "moment", FORM)
    for _ in range(4):
        await stage.pass_(built, seconds=61)

    assert await states(built) == {state: 1}
    assert len(stage.platform.called("add_moment_task")) == calls


async def test_an_operator_stops_what_not_everybody_has_published(
    stage: Stage, built: HouseUnderTest
) -> None:
    await press(built, "moment", FORM)
    await stage.pass_(built, seconds=61)
    await press(built, "moment-cancel", {"task": "1"})

    assert await states(built) == {"cancelled": 1}
    assert all(moment.cancelled for moment in stage.platform.moments.values())
    assert ("xiaoli", "moment.cancelled") in await deeds(built)
    for nonsense in ("1", "", "x", "99"):
        with pytest.raises(Over):
            await press(built, "moment-cancel", {"task": nonsense})


async def test_a_moment_that_nobody_publishes_is_stopped_in_the_end(
    stage: Stage, built: HouseUnderTest
) -> None:
    await press(built, "moment", FORM)
    for _ in range(30):
        await stage.pass_(built, hours=1)

    assert await states(built) == {"expired": 1}
    assert len(stage.platform.called("cancel_moment_task")) == 1


async def test_what_waited_too_long_for_its_platform_is_not_published_any_more(
    stage: Stage, built: HouseUnderTest
) -> None:
    stage.platform.faults[CALL].extend([Fault(errcode=48002)] * 500)
    await press(built, "moment", FORM)
    for _ in range(25):
        await stage.pass_(built, hours=1)
    stage.platform.faults.clear()
    await stage.pass_(built, hours=1)

    assert await states(built) == {"expired": 1}
    assert stage.platform.moments == {}


async def test_a_picture_that_is_not_there_is_told(
    stage: Stage, built: HouseUnderTest, desk: Desk
) -> None:
    (desk.content / "media/a.png").write_bytes(b"GIF89a not a picture for WeCom")
    await press(built, "moment", FORM)
    await stage.pass_(built, seconds=61)

    assert await states(built) == {"failed": 1}
    assert "朋友圈 #1 平台不收" in (await notices(built))[0]


@pytest.mark.parametrize(
    "change",
    [
        {"publishers": ""},
        {"publishers": "<b>"},
        {"publishers": "a" * 65},
        {"file": "../x"},
        {"stamp": ""},
    ],
)
async def test_a_form_that_means_nothing_writes_nothing(
    built: HouseUnderTest, change: dict[str, str]
) -> None:
    with pytest.raises((NothingChosen, NotRendered)):
        await press(built, "moment", FORM | change)

    assert await states(built) == {}
