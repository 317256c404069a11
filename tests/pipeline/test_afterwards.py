"""A message that came or went before is changed: taken back, or it did not arrive after all."""

from itertools import count
from pathlib import Path

import pytest

from bot.app import make_meaning, make_words
from bot.channels.wecom.kefu import KEFU
from bot.commons import members
from bot.features import help as help_room
from bot.kernel.feature import Feature
from bot.kernel.messages import Reply, Text
from bot.kernel.router import Router
from bot.kernel.work import Context, UnitOfWork
from bot.pipeline.personal import personal
from tests.kit.counter import WM, fetch, open_house, words
from tests.kit.kefu import WK, FakeKefu
from tests.kit.platforms import Fault, Json
from tests.kit.rooms import TurnedClock

router = Router()
numbers = count(1)


@router.otherwise
def echo(ctx: Context) -> Reply:
    return Reply(part=Text(f"听到：{ctx.update.text}"))


ECHO = Feature("help", router)


def happens(platform: FakeKefu, name: str, who: str = WM, **told: object) -> Json:
    event: Json = {"event_type": name, "open_kfid": WK, "external_userid": who, **told}
    return platform.adds(
        {
            "msgid": f"x{next(numbers)}",
            "open_kfid": WK,
            "send_time": int(platform.now()),
            "origin": 4,
            "msgtype": "event",
            "event": event,
        }
    )


@pytest.mark.parametrize("reason", range(14))
async def test_what_did_not_arrive_is_parked_and_operators_hear_if_they_can_mend_it(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock, reason: int
) -> None:
    async with open_house(tmp_path, platform, clock, ECHO) as built:
        platform.hears(WM, "在吗")
        await fetch(built)
        msgid = platform.to(WM)[0].msgid
        happens(platform, "msg_send_fail", fail_msgid=msgid, fail_type=reason)
        await fetch(built)
        [(status, error)] = await built.ask("SELECT status, error FROM outbox")
        [(told,)] = await built.ask("SELECT count(*) FROM notices")

    assert (status, error) == ("parked", f"msg_send_fail: fail_type {reason}")
    assert told == (0 if reason in {0, 4, 5, 6, 10} else 1)
    assert words(platform) == ["听到：在吗"]
    meaning = make_meaning(make_words())("kefu", str(error))
    assert meaning.startswith("平台收下了，但没送到她那里：")


async def test_an_operator_can_send_it_again(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, ECHO) as built:
        platform.hears(WM, "在吗")
        await fetch(built)
        happens(platform, "msg_send_fail", fail_msgid=platform.to(WM)[0].msgid, fail_type=13)
        await fetch(built)
        await built.house.writer.do(lambda uow: built.house.desk.retry_outbox(uow, 1, "xiaoli"))
        await built.house.engine.settle()
        assert await built.ask("SELECT status FROM outbox") == [("sent",)]

    assert words(platform) == ["听到：在吗"] * 2
    assert platform.refused == []


async def test_what_failed_while_its_answer_was_lost_is_parked_when_it_is_found_again(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, ECHO) as built:
        platform.faults["kf/send_msg"].append(Fault(drop=True, taken=True))
        platform.hears(WM, "在吗")
        await fetch(built)
        assert await built.ask("SELECT status FROM outbox") == [("queued",)]
        happens(platform, "msg_send_fail", fail_msgid=platform.to(WM)[0].msgid, fail_type=13)
        await fetch(built)
        clock.tick(seconds=5)
        await built.house.engine.settle()
        rows = await built.ask("SELECT status, error FROM outbox")
        [(told,)] = await built.ask("SELECT count(*) FROM notices")

    assert rows == [("parked", "msg_send_fail: fail_type 13")]
    assert told == 1
    assert words(platform) == ["听到：在吗"]


async def test_the_failure_of_a_stranger_or_of_another_customer_changes_nothing(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, ECHO) as built:
        platform.hears(WM, "在吗")
        await fetch(built)
        msgid = platform.to(WM)[0].msgid
        happens(platform, "msg_send_fail", "wm2", fail_msgid=msgid, fail_type=13)
        happens(platform, "msg_send_fail", fail_msgid="nobody-knows", fail_type=13)
        await fetch(built)

        assert await built.ask("SELECT status FROM outbox") == [("sent",)]
        assert await built.ask("SELECT count(*) FROM members") == [(1,)]


async def test_what_she_takes_back_before_it_is_handled_is_never_answered(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, ECHO) as built:
        item = platform.hears(WM, "发错了 13800000000")
        happens(platform, "user_recall_msg", recall_msgid=item["msgid"])
        platform.hears(WM, "在吗")
        await fetch(built)
        rows = await built.ask("SELECT payload, status FROM inbox ORDER BY id")

    assert words(platform) == ["听到：在吗"]
    assert rows[0] == ("", "dropped")
    assert "13800000000" not in str(rows)


async def test_what_she_takes_back_later_is_forgotten_by_us_too(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, ECHO) as built:
        item = platform.hears(WM, "发错了 13800000000")
        await fetch(built)
        happens(platform, "user_recall_msg", recall_msgid=item["msgid"])
        await fetch(built)
        rows = await built.ask("SELECT payload, status FROM inbox ORDER BY id")
        platform.adds(item)  # the platform lists it once more
        await fetch(built)
        assert await built.ask("SELECT count(*) FROM inbox") == [(2,)]

    assert rows[0] == ("", "done")
    assert len(words(platform)) == 1


async def test_nobody_takes_back_what_another_has_said(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, ECHO) as built:
        item = platform.hears(WM, "在吗")
        happens(platform, "user_recall_msg", "wm2", recall_msgid=item["msgid"])
        await fetch(built)

    assert words(platform) == ["听到：在吗"]


async def test_what_a_servicer_takes_back_is_written_down(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, ECHO) as built:
        happens(platform, "servicer_recall_msg", recall_msgid="m1", servicer_userid="lihua")
        await fetch(built)
        [(payload,)] = await built.ask("SELECT payload FROM inbox")

    assert "servicer_recall_msg" in str(payload)


@pytest.mark.parametrize("event", ["msg_send_fail", "user_recall_msg", "session_status_change"])
async def test_an_event_about_somebody_who_was_forgotten_brings_nothing_back(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock, event: str
) -> None:
    def forget(uow: UnitOfWork) -> None:
        member = members.resolve(uow, KEFU, WM, clock.now())
        for data in (*personal, *help_room.feature.personal, *members.personal):
            data.erase(uow, member)

    async with open_house(tmp_path, platform, clock, ECHO) as built:
        item = platform.hears(WM, "在吗")
        await fetch(built)
        await built.house.writer.do(forget)
        told = {"fail_msgid": platform.to(WM)[0].msgid, "recall_msgid": item["msgid"]}
        happens(platform, event, **told, fail_type=13, change_type=4)
        await fetch(built)

        assert await built.ask("SELECT count(*) FROM members") == [(0,)]
        assert await built.ask("SELECT DISTINCT status FROM outbox") == [("sent",)]
        assert await built.ask("SELECT count(*) FROM notices") == [(0,)]
