"""The API client of one account: its stable token, and one more try when that was refused.

`stable_token` gives every replica the same token and takes none away from anybody, unlike the
old `token` (doc/service/api/base/api_getstableaccesstoken, 2026-07).
"""

from datetime import datetime, timedelta

from typing_extensions import override

from bot.channels.wecom.client import TokenApi
from bot.channels.wecom.errors import Policy
from bot.channels.wecom.http import Answer, Http, errcode, text_in
from bot.channels.wecom.mp.errors import RENEWS, error_of, policy_of
from bot.channels.wecom.reading import lasting_in
from bot.channels.wecom.sources import Addresses, Hosts
from bot.kernel.clock import Clock
from bot.kernel.errors import PauseScope

_FORCED_EVERY = timedelta(hours=1.5)  # 20 a day at most


class AccountApi(TokenApi):
    """Calls the platform for one account."""

    def __init__(
        self, *, api_base: str, app_id: str, secret: str, clock: Clock, timeout_s: float = 10.0
    ) -> None:
        http = Http(api_base, timeout_s=timeout_s, limit=PauseScope.CHANNEL, codeless=True)
        super().__init__(http, clock)
        self._app_id = app_id
        self._secret = secret
        self._clock = clock
        self._forced_at: datetime | None = None

    def addresses(self, hosts: Hosts) -> Addresses:
        """Return what fetches files from the platform's addresses."""
        return Addresses(self._http, hosts)

    @override
    async def _fetch_token(self) -> tuple[str, float]:
        value, lives_s = await self._ask_for_token(force=False)
        if value == self._token.refused and self._may_force():
            value, lives_s = await self._ask_for_token(force=True)
        return value, lives_s

    @override
    def _renews(self, code: int) -> bool:
        return policy_of(code) is Policy.REFRESH

    @override
    def _check(self, answer: Answer, call: str) -> Answer:
        if code := errcode(answer):
            raise error_of(code, text_in(answer, "errmsg"), call=call)
        return answer

    async def exchange(self, code: str) -> Answer:
        """Return what the platform says of the code of a page's login."""
        path = "/sns/oauth2/access_token"
        query = {
            "appid": self._app_id,
            "secret": self._secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        return self._check(await self._http.get(path, query), path)

    def _may_force(self) -> bool:
        """Return True, seldom enough, for asking for another token than the one in force."""
        now = self._clock.now()
        if self._forced_at is not None and now - self._forced_at < _FORCED_EVERY:
            return False
        self._forced_at = now
        return True

    async def _ask_for_token(self, *, force: bool) -> tuple[str, float]:
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": force,
        }
        answer = await self._http.post(RENEWS, {}, body, sends=False)
        return lasting_in(self._check(answer, RENEWS), "access_token", RENEWS)
