"""What a room says to customer groups becomes tasks, and tasks become messages, each once."""

from bot.kernel.messages import Text
from tests.features.mass_send.conftest import Stage, group, statuses


async def test_owners_get_one_task_each_for_all_their_groups(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, [group(number) for number in range(7)])

        tasks = stage.platform.tasks_of("zhangsan")
        assert [task.body["chat_id_list"] for task in tasks] == [
            ["wr000000", "wr000003", "wr000006"]
        ]
        assert tasks[0].text == "早安"
        assert len(stage.platform.tasks) == 3
        assert await statuses(built) == {"created": 7}
        assert stage.platform.refused == []


async def test_one_group_more_than_a_task_takes_is_another_task(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, [group(number, "zhangsan") for number in range(2001)])

        sizes = [len(task.recipients) for task in stage.platform.tasks_of("zhangsan")]
        assert sizes == [2000, 1]
        assert len(set(stage.platform.asked_for())) == 2001
        assert stage.platform.refused == []


async def test_what_is_confirmed_is_delivered_group_by_group(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, [group(0), group(3)], Text("晚安"))
        (task,) = stage.platform.tasks_of("zhangsan")
        stage.platform.confirm(task, only=1)
        await stage.pass_(built, minutes=5)
        assert await statuses(built) == {"delivered": 1, "confirmed": 1}

        stage.platform.confirm(task)
        await stage.pass_(built, minutes=15)
        assert await statuses(built) == {"delivered": 2}
        assert await statuses(built, "mass_tasks") == {"delivered": 1}
