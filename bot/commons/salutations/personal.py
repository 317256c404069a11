"""How a member's salutation leaves with her, and moves to another member."""

from bot.kernel.merging import Fields, by_key
from bot.kernel.privacy import PersonalData, rows_of, run_all

_COLUMNS = ("words", "asked", "at")


def _hers(stays: Fields, gone: Fields) -> Fields:
    """Return what she has agreed to, that of who stays before the other's."""
    return stays if stays["words"] or not gone["words"] else gone


personal = (
    PersonalData(
        title="称呼",
        purpose="用你答应的称呼叫你",
        kept="直到你发“不用称呼”或删除数据",
        tables=("salutations",),
        export=rows_of("salutations", {"words": "words", "asked": "asked"}),
        erase=run_all("DELETE FROM salutations WHERE member_id = :member"),
        movers=(by_key("salutations", [], _COLUMNS, _hers),),
    ),
)
