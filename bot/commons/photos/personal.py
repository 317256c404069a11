"""How what is known of a member's pictures leaves with her."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="挑战的照片",
        purpose="认出用过的照片；只记它的指纹，照片本身按“收到的文件”保留",
        kept="直到你删除数据",
        tables=("challenge_photos",),
        export=rows_of("challenge_photos", {"day": "day", "state": "state", "digest": "digest"}),
        erase=run_all("DELETE FROM challenge_photos WHERE member_id = :member"),
        movers=(by_id("challenge_photos"),),
    ),
)
