"""How what a member told the guide leaves with her."""

from bot.kernel.merging import by_key, later
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="导购记住的喜好",
        purpose="说过的风格和预算不再问第二遍",
        kept="直到你改掉或删除数据",
        tables=("guide_tastes",),
        export=rows_of("guide_tastes", {"style": "style", "budget_yuan": "budget_yuan"}),
        erase=run_all("DELETE FROM guide_tastes WHERE member_id = :member"),
        movers=(by_key("guide_tastes", [], ["style", "budget_yuan", "at"], later("at")),),
    ),
)
