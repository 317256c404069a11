"""A member takes along what is kept about her, and it is forgotten with her."""

from bot.commons import amends
from bot.features import followups
from bot.kernel.work import UnitOfWork
from tests.features.followups.test_tasks import CALL, CASE
from tests.kit.amends import press
from tests.kit.bureau import AtDesk, Bureau


async def test_a_task_is_exported_and_erased(bureau: Bureau, lisi: AtDesk) -> None:
    await press(lisi, CASE, "make", **CALL)
    her = await bureau.member()
    [data] = followups.feature.personal

    task, *steps = await bureau.house.house.writer.look(lambda uow: data.export(uow, her))
    assert task["what"] == "问问扣子修好没有"
    assert steps

    def forget(uow: UnitOfWork) -> None:
        for each in (data, *amends.personal):
            each.erase(uow, her)

    await bureau.house.house.writer.do(forget)
    for table in ("followups", "followup_steps"):
        assert await bureau.house.ask(f"SELECT COUNT(*) FROM {table}") == [(0,)]
