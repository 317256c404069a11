"""How a member's ratings and what she says of us leave with her, and go to another member."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="满意度评价",
        purpose="知道真人接待得好不好；2 分及以下请主管来看",
        kept="直到你删除数据",
        tables=("case_ratings",),
        export=rows_of(
            "case_ratings",
            {
                "case": "case_id",
                "asked_at": "asked_at",
                "score": "score",
                "answered_at": "answered_at",
            },
        ),
        erase=run_all("DELETE FROM case_ratings WHERE member_id = :member"),
        movers=(by_id("case_ratings"),),
    ),
    PersonalData(
        title="订单小问卷",
        purpose="订单完成、签收、使用几天后最多问你两个问题，好改进；也记得不常打扰你",
        kept="直到你删除数据",
        tables=("mini_surveys",),
        export=rows_of(
            "mini_surveys",
            {
                "node": "node",
                "at": "at",
                "state": "state",
                "asked_at": "asked_at",
                "questions": "questions",
                "answers": "answers",
            },
        ),
        erase=run_all("DELETE FROM mini_surveys WHERE member_id = :member"),
        movers=(by_id("mini_surveys"),),
    ),
    PersonalData(
        title="你说的意见",
        purpose="把意见分到商品质量、服务流程、体验设计，好改进",
        kept="直到你删除数据",
        tables=("voices",),
        export=rows_of("voices", {"at": "at", "words": "words", "about": "about"}),
        erase=run_all("DELETE FROM voices WHERE member_id = :member"),
        movers=(by_id("voices"),),
    ),
)
