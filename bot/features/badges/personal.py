"""How a member's badges leave with her."""

from bot.kernel.merging import Fields, by_key
from bot.kernel.privacy import PersonalData, rows_of, run_all


def _earlier(hers: Fields, gone: Fields) -> Fields:
    """Return one badge of two: the one that stands, else the earlier."""
    return min(hers, gone, key=lambda row: (row["revoked_at"] is not None, row["at"]))


personal = (
    PersonalData(
        title="勋章",
        purpose="记下你得到了哪些勋章",
        kept="直到你删除数据",
        tables=("badge_grants",),
        export=rows_of("badge_grants", {"title": "title", "day": "day", "evidence": "evidence"}),
        erase=run_all("DELETE FROM badge_grants WHERE member_id = :member"),
        movers=(
            by_key(
                "badge_grants",
                ["code"],
                ["title", "day", "at", "evidence", "untold", "revoked_at"],
                _earlier,
            ),
        ),
    ),
)
