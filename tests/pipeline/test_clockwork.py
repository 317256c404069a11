"""The clock of a house: jobs in turn, however much one of them has to do."""

from pathlib import Path

from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork
from bot.pipeline.clockwork import Clockwork
from tests.kit.house import HouseUnderTest
from tests.kit.workshop import until


async def test_a_job_with_much_to_do_keeps_none_from_its_turn(tmp_path: Path) -> None:
    ran: list[str] = []

    def import_all(_uow: UnitOfWork, _tools: Toolbox) -> bool:
        ran.append("import")
        return ran.count("import") < 200

    def plan(_uow: UnitOfWork, _tools: Toolbox) -> None:
        ran.append("plan")

    async with HouseUnderTest(tmp_path, []) as house:
        jobs = [Job("plan", plan, every_s=0), Job("import", import_all, every_s=3600)]
        clockwork = Clockwork(jobs, house.house.writer, house.tools)
        await clockwork.start()
        await until(lambda: ran.count("import") == 200)
        await clockwork.stop()

        assert ran[:400] == ["plan", "import"] * 200
