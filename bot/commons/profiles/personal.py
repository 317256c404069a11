"""How what is on file about a member leaves with her, and moves to another member."""

from bot.commons import groups
from bot.commons.profiles.service import profile_of
from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, by_key
from bot.kernel.privacy import PersonalData, rows_of
from bot.kernel.work import Statement, UnitOfWork

_FORGET = Statement("DELETE FROM member_profiles WHERE member_id = :member")
_TOLD = ("phone", "unionid", "birthday", "lunar_birthday", "styles", "scenes", "home_store")


def _either(hers: Fields, gone: Fields) -> Fields:
    return {name: hers[name] or gone[name] for name in hers}


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    """Delete what is on file, and let no import bring it back."""
    profile = profile_of(uow, member)
    for kind, value in (("phone", profile.phone), ("unionid", profile.unionid)):
        if value:
            groups.remember(uow, f"{kind}:{value}")
    uow.run(_FORGET, member=member)


personal = (
    PersonalData(
        title="会员资料",
        purpose="记下你告诉门店的手机号、生日、风格和常去的店，用来认出你、照顾你",
        kept="直到你删除数据；之后只留下认不出你的校验值，防止再次导入",
        tables=("member_profiles",),
        export=rows_of("member_profiles", {name: name for name in _TOLD}),
        erase=_erase,
        movers=(by_key("member_profiles", [], [*_TOLD, "at"], _either),),
    ),
)
