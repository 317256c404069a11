"""Who members of the company are behind their encrypted names (path/101521, 2026-07)."""

from collections.abc import Mapping, Sequence

from bot.channels.wecom.client import WecomApi
from bot.kernel.errors import RetryLater

_ASK = "/cgi-bin/batch/openuserid_to_userid"
_UNREADABLE_S = 60.0
_LONGEST_NAME = 64


class AppColleagues:
    """Implements the kernel's `ColleagueLookup` with a self-built app's token."""

    most = 1000

    def __init__(self, api: WecomApi) -> None:
        self._api = api

    async def userids(self, names: Sequence[str]) -> Mapping[str, str]:
        """Ask for the userids behind encrypted names; a member outside the app's range has none.

        Raises:
            PlatformError: there is no answer now, or none that can be read.
        """
        asked = [name for name in names if 0 < len(name) <= _LONGEST_NAME][: self.most]
        if not asked:
            return {}
        answer = await self._api.call(_ASK, {"open_userid_list": asked}, sends=False, long=True)
        told = answer.get("userid_list", [] if "invalid_open_userid_list" in answer else None)
        if not isinstance(told, list):
            raise RetryLater(f"{_ASK}: no names in the answer", after_s=_UNREADABLE_S)
        pairs = [
            (one.get("open_userid"), one.get("userid")) for one in told if isinstance(one, dict)
        ]
        return {
            name: userid
            for name, userid in pairs
            if name in asked and isinstance(userid, str) and userid
        }
