"""Whatever gets lost on the way: after one reconciliation the registry equals the platform."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.commons.groups import DueGroup
from bot.features import customer_groups
from bot.features.customer_groups.service import Phase, Round
from bot.kernel import crash
from bot.pipeline.engine.procrastinate import ProcrastinateEngine
from bot.storage.db import Database
from tests.kit.customers import FakeCustomers, chat, customer
from tests.kit.groups import Stage, ours, truth
from tests.kit.platforms import Fault
from tests.kit.workshop import QUICK

GET = "externalcontact/groupchat/get"
LIST = "externalcontact/groupchat/list"
DAY = timedelta(days=1)


class Community:
    """People who come and go in a few groups, and a post that loses and mixes up."""

    def __init__(self, platform: FakeCustomers, dice: random.Random) -> None:
        self.platform, self.dice = platform, dice
        self.late: list[str] = []

    def begins(self, count: int, people: int) -> None:
        for number in range(count):
            self.platform.opens(number)
            self.platform.joins(number, *(customer(n) for n in range(people)))

    def acts(self) -> list[str]:
        """Let something happen; return the callbacks that arrive now."""
        told = self._happens()
        luck = self.dice.random()
        if luck < 0.1:
            return []
        if luck < 0.2:
            self.late.append(told)
            return []
        arriving = [told, *([told] if luck < 0.25 else [])]
        if self.late and luck > 0.7:
            arriving.append(self.late.pop(self.dice.randrange(len(self.late))))
        return arriving

    def _happens(self) -> str:
        platform, dice = self.platform, self.dice
        number = dice.choice([int(one[-9:]) for one, c in platform.chats.items() if _is_open(c)])
        group = platform.chats[chat(number)]
        guests = [who for who, one in group.people.items() if one["type"] == 2]
        strangers = [customer(n) for n in range(60) if customer(n) not in group.people]
        what = dice.choice(["joins"] * 4 + ["leaves"] * 4 + ["renames", "owner", "ends", "opens"])
        if what == "leaves" and guests:
            return platform.leaves(number, dice.choice(guests), removed=dice.random() < 0.5)
        if what == "renames":
            return platform.renames(number, f"群 {dice.randrange(99)}")
        if what == "owner":
            return platform.hands_over(number, dice.choice(["lihua", "wangfang"]))
        if what == "ends" and number:
            return platform.dismisses(number)
        if what == "opens":
            return platform.opens(len(platform.chats))
        who = dice.sample(strangers, dice.randrange(1, 4))
        return platform.joins(number, *who, inviter="lihua", scene=dice.choice([1, 2, 3]))


def _is_open(group: object) -> bool:
    return getattr(group, "dismissed_at", None) is None


@pytest.mark.parametrize("lag_s", [0, 2])
@pytest.mark.parametrize("seed", range(8))
async def test_after_one_reconciliation_the_registry_equals_the_platform(
    stage: Stage, seed: int, lag_s: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    stage.platform.lag_s = lag_s
    people = Community(stage.platform, dice)
    people.begins(6, 12)
    stage.clock.tick(seconds=60)
    async with stage.house() as built:
        await built.house.engine.settle()
        assert await ours(built) == truth(stage.platform)
        for _ in range(60):
            stage.clock.tick(seconds=dice.randrange(30))
            await stage.hears(built, *people.acts())
        stage.clock.tick(seconds=6)
        await stage.reconcile(built)

        assert await ours(built) == truth(stage.platform)


async def test_with_every_callback_no_full_reading_is_needed(stage: Stage) -> None:
    dice = random.Random(5)  # noqa: S311 - repeatable on purpose
    stage.platform.lag_s = 2
    people = Community(stage.platform, dice)
    people.begins(4, 8)
    stage.clock.tick(seconds=60)
    async with stage.house() as built:
        await built.house.engine.settle()
        for _ in range(40):
            stage.clock.tick(seconds=dice.randrange(30))
            await stage.hears(built, people._happens())  # noqa: SLF001 - nothing is lost here
        await stage.passes(built, seconds=30)

        assert await ours(built) == truth(stage.platform)
        assert await built.ask("SELECT number FROM group_rounds") == [(1,)]


async def test_a_join_is_seen_at_once_and_costs_one_call_for_a_burst(stage: Stage) -> None:
    stage.platform.opens(1)
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        before = len(stage.platform.called(GET))
        for number in range(20):
            await stage.hears(built, stage.platform.joins(1, customer(number)))
        present = await built.ask("SELECT count(*) FROM group_members WHERE left_at IS NULL")
        assert present == [(21,)]
        assert len(stage.platform.called(GET)) == before

        await stage.passes(built, seconds=25)
        assert len(stage.platform.called(GET)) == before + 1
        assert await ours(built) == truth(stage.platform)


async def test_a_gap_is_closed_at_once(stage: Stage) -> None:
    stage.platform.opens(1)
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.joins(1, customer(1))  # lost
        await stage.hears(built, stage.platform.joins(1, customer(2)))

        assert await ours(built) == truth(stage.platform)


async def test_a_full_reading_comes_every_six_hours(stage: Stage) -> None:
    stage.platform.opens(1)
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        for hours, number in ((5.9, 1), (0.2, 2), (6, 3)):
            await stage.passes(built, hours=hours)
            assert await built.ask("SELECT number FROM group_rounds") == [(number,)]


async def test_a_group_that_ended_unheard_is_dismissed_with_its_people(stage: Stage) -> None:
    for number in (1, 2):
        stage.platform.opens(number)
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.dismisses(1)
        await stage.reconcile(built)

        assert await ours(built) == truth(stage.platform)
        gone = await built.ask("SELECT status, ended_how FROM customer_groups ORDER BY chat_id")
        assert gone == [("dismissed", "gone"), ("open", "")]
        how = await built.ask("SELECT left_how FROM group_members WHERE left_at IS NOT NULL")
        assert how == [("dismissed",)]


async def test_a_group_that_is_not_listed_but_answers_stays(stage: Stage) -> None:
    stage.platform.opens(1)
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.unlisted.add(chat(1))
        stage.platform.renames(1, "另一个名字")
        stage.clock.tick(seconds=9)
        await stage.reconcile(built)

        assert await ours(built) == truth(stage.platform)


async def test_a_group_neither_listed_nor_shown_is_taken_for_gone(stage: Stage) -> None:
    stage.platform.opens(1)
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.unlisted.add(chat(1))
        stage.platform.faults[GET].append(Fault(errcode=60011))
        stage.clock.tick(seconds=9)
        await stage.reconcile(built)

        assert await built.ask("SELECT ended_how FROM customer_groups") == [("unlisted",)]


async def test_a_group_that_no_listing_could_have_missed_is_only_in_trouble(stage: Stage) -> None:
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.unlisted.add(chat(1))
        stage.clock.tick(seconds=9)
        told = stage.platform.opens(1)
        stage.platform.faults[GET].append(Fault(errcode=60011))
        await stage.hears(built, told)
        await stage.passes(built, seconds=25)

        assert await built.ask("SELECT status, error FROM customer_groups") == [("open", "60011")]


async def test_an_incomplete_listing_dismisses_nothing(stage: Stage) -> None:
    stage.platform.page = 1
    for number in range(3):
        stage.platform.opens(number)
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.dismisses(2)
        stage.platform.faults[LIST] += [Fault(taken=True), Fault(errcode=45009)]
        await stage.reconcile(built)
        assert await built.ask("SELECT DISTINCT status FROM customer_groups") == [("open",)]

        await stage.passes(built, seconds=61)
        assert await ours(built) == truth(stage.platform)


@pytest.mark.parametrize(
    ("phase", "missed"), [(Phase.LISTING, False), (Phase.READING, True), (Phase.RESTING, False)]
)
def test_a_listing_that_begins_while_groups_are_read_has_missed_none(
    phase: Phase, *, missed: bool
) -> None:
    began = datetime(2026, 7, 1, tzinfo=UTC)
    seen = DueGroup(chat(1), 1, 0, seen_round=1, first_seen_at=began - DAY, lags=False)
    under_way = Round(2, phase, "", 0, 0, "", began, None)

    assert under_way.has_missed(seen) is missed


async def test_a_lost_place_begins_the_listing_again(stage: Stage) -> None:
    stage.platform.page = 2
    for number in range(5):
        stage.platform.opens(number)
    stage.platform.lost_cursors |= {"2", "4"}
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()

        assert await ours(built) == truth(stage.platform)
        assert await built.ask("SELECT restarts, phase FROM group_rounds") == [(2, "resting")]


async def test_a_place_that_is_always_lost_makes_the_errand_rest_and_then_go_on(
    stage: Stage,
) -> None:
    stage.platform.page = 1
    for number in range(3):
        stage.platform.opens(number)
    stage.clock.tick(seconds=9)
    again = Fault(raw=b'{"errcode":0,"errmsg":"ok","group_chat_list":[],"next_cursor":"1"}')
    stage.platform.faults[LIST] += [again, Fault(errcode=50100)] * 3
    async with stage.house() as built:
        await built.house.engine.settle()
        assert await built.ask("SELECT restarts, place FROM group_rounds") == [(3, "")]
        await stage.passes(built, seconds=301)

        assert await ours(built) == truth(stage.platform)


async def test_a_group_so_new_that_it_is_not_known_yet_is_asked_for_again(stage: Stage) -> None:
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.lag_s = 2
        stage.platform.opens(1)  # lost
        await stage.hears(built, stage.platform.joins(1, customer(1)))
        assert await built.ask("SELECT status, name FROM customer_groups") == [("open", "")]
        await stage.passes(built, seconds=25)

        assert await ours(built) == truth(stage.platform)
        assert await built.ask("SELECT number FROM group_rounds") == [(1,)]


async def test_one_group_in_trouble_holds_up_no_other(stage: Stage) -> None:
    for number in range(4):
        stage.platform.opens(number)
    stage.clock.tick(seconds=9)
    stage.platform.faults[GET] += [Fault(errcode=-1), Fault(errcode=60011)]
    async with stage.house() as built:
        await built.house.engine.settle()
        assert len(await ours(built)) == 4
        known = await built.ask("SELECT count(*) FROM customer_groups WHERE read_at IS NOT NULL")
        assert known == [(3,)]
        await stage.passes(built, seconds=25)
        await stage.reconcile(built)

        assert await ours(built) == truth(stage.platform)
        assert await built.ask("SELECT count(*) FROM notices") == [(0,)]


async def test_trouble_of_the_platform_makes_the_errand_rest(stage: Stage) -> None:
    for number in range(9):
        stage.platform.opens(number)
    stage.clock.tick(seconds=9)
    stage.platform.faults[GET] += [Fault(errcode=-1)] * 3
    async with stage.house() as built:
        await built.house.engine.settle()
        assert len(stage.platform.called(GET)) == 0  # three were spoiled, no fourth was tried
        await stage.passes(built, seconds=301)

        assert await ours(built) == truth(stage.platform)


async def test_what_only_an_operator_can_mend_is_told(stage: Stage) -> None:
    stage.platform.faults[LIST].append(Fault(errcode=48002))
    async with stage.house() as built:
        await built.house.engine.settle()
        (told,) = await built.ask("SELECT text FROM notices")

    assert "48002" in str(told)


async def test_a_house_without_the_channel_does_nothing(stage: Stage) -> None:
    async with stage.house(configured=False) as built:
        await built.house.engine.settle()

        assert await built.ask("SELECT count(*) FROM group_rounds") == [(0,)]
        assert await built.ask("SELECT count(*) FROM notices") == [(0,)]


async def test_an_answer_about_another_group_does_not_go_round_for_ever(stage: Stage) -> None:
    stage.platform.opens(1)
    stage.platform.opens(2)
    stage.clock.tick(seconds=9)
    strange = b'{"errcode":0,"errmsg":"ok","group_chat":{"chat_id":"wr9","member_list":[]}}'
    stage.platform.faults[GET].append(Fault(raw=strange))
    async with stage.house() as built:
        await built.house.engine.settle()

        assert len(stage.platform.called(GET)) == 1
        assert await built.ask("SELECT count(*) FROM customer_groups WHERE error <> ''") == [(1,)]


STEPS = ("groups.listed", "groups.turned", "groups.asked", "groups.applied", "inbox.handling")


@pytest.mark.parametrize("times", [1, 2, 4])
@pytest.mark.parametrize("step", STEPS)
async def test_a_death_at_any_step_forgets_no_group(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str, times: int
) -> None:
    stage.platform.page = 2
    for number in range(9):
        stage.platform.opens(number)
        stage.platform.joins(number, customer(1), customer(2))
    stage.clock.tick(seconds=9)
    left = times

    def dies(name: str) -> None:
        nonlocal left
        left -= name == step
        if name == step and left <= 0:
            raise RuntimeError("died")

    with monkeypatch.context() as patched:
        patched.setattr(crash, "step", dies)
        async with stage.house() as built:
            await built.house.engine.settle()
            await stage.hears(built, stage.platform.joins(3, customer(7)))
            await built.house.stop(0)
    before = len(stage.platform.called(GET))
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        await stage.passes(built, seconds=61)

        assert await ours(built) == truth(stage.platform)
        assert await built.ask("SELECT number, phase FROM group_rounds") == [(1, "resting")]
        assert len(stage.platform.called(GET)) - before <= 11  # what was read is not read again


async def test_groups_are_read_one_at_a_time(stage: Stage) -> None:
    for number in range(20):
        stage.platform.opens(number)
    async with stage.house() as built:
        await built.house.engine.settle()

        assert stage.platform.busiest == 1


async def test_nobody_becomes_a_member_and_no_event_is_kept(stage: Stage) -> None:
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        told = [stage.platform.opens(1), stage.platform.joins(1, customer(1))]
        told.append(stage.platform.befriends(1))
        await stage.hears(built, *told)

        assert await built.ask("SELECT count(*) FROM members") == [(0,)]
        rows = await built.ask("SELECT status, payload, conversation FROM inbox")
        assert rows == [("done", "", "")] * 3


async def test_old_stays_are_forgotten_by_a_job(stage: Stage) -> None:
    stage.platform.opens(1)
    stage.platform.joins(1, customer(1))
    stage.clock.tick(seconds=9)
    job = customer_groups.feature.jobs[-1]
    async with stage.house() as built:
        await stage.hears(built, stage.platform.leaves(1, customer(1)))
        stage.clock.tick(days=366)
        assert not await built.house.writer.do(lambda uow: job.run(uow, built.tools))

        (count,) = await built.ask("SELECT count(*) FROM group_members WHERE left_at IS NOT NULL")
        assert count == (0,)


@pytest.mark.postgres
@pytest.mark.timeout(60)
async def test_two_replicas_keep_one_registry(stage: Stage, postgres: str) -> None:
    stage.url = postgres
    dice = random.Random(3)  # noqa: S311 - repeatable on purpose
    people = Community(stage.platform, dice)
    people.begins(6, 12)
    stage.clock.tick(seconds=60)
    make = ProcrastinateEngine.on(Database(postgres), QUICK)
    async with stage.house(make_engine=make) as one, stage.house(make_engine=make) as other:
        await one.house.engine.settle()
        for turn in range(40):
            stage.clock.tick(seconds=dice.randrange(30))
            await stage.hears((one, other)[turn % 2], *people.acts())
        stage.clock.tick(seconds=6)
        await stage.reconcile(one)
        await other.house.engine.settle()
        await stage.passes(one, seconds=30)

        assert await ours(one) == truth(stage.platform)
