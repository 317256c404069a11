"""How a member's applications and feedback leave with her; her place goes to who waits."""

from bot.features.trials.rules import rank_of
from bot.kernel.merging import Fields, by_key, later
from bot.kernel.privacy import PersonalData, rows_of, run_all

_OTHERS = [
    *("state", "sent_at", "place", "consent", "agreed_at", "answers", "decided_at", "told"),
    *("handed_at", "handed_by", "asked", "asked_at"),
]


def _better(hers: Fields, gone: Fields) -> Fields:
    return min(hers, gone, key=lambda row: rank_of(row["state"]))


personal = (
    PersonalData(
        title="试用申请",
        purpose="记下你申请了什么、同意了什么、轮到没有",
        kept="直到你删除数据；那时名额让给候补的人",
        tables=("trial_applications",),
        export=rows_of(
            "trial_applications",
            {"trial": "trial_id", "state": "state", "consent": "consent", "answers": "answers"},
        ),
        erase=run_all("DELETE FROM trial_applications WHERE member_id = :member"),
        movers=(by_key("trial_applications", ["trial_id"], _OTHERS, _better),),
    ),
    PersonalData(
        title="试用反馈",
        purpose="知道你试用以后觉得怎么样",
        kept="直到你删除数据",
        tables=("trial_feedback",),
        export=rows_of("trial_feedback", {"trial": "trial_id", "answers": "answers"}),
        erase=run_all("DELETE FROM trial_feedback WHERE member_id = :member"),
        movers=(
            by_key("trial_feedback", ["trial_id"], ["answers", "first_at", "at"], later("at")),
        ),
    ),
)
