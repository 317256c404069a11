"""The API client of one account: its stable token, and one more try when that was refused.

`stable_token` gives every replica the same token and takes none away from anybody, unlike the
old `token` (doc/service/api/base/api_getstableaccesstoken, 2026-07).
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.channels.wecom.client import Token, media_id_in
from bot.channels.wecom.errors import Policy
from bot.channels.wecom.http import Answer, Http, Json, errcode, text_in
from bot.channels.wecom.mp.errors import RENEWS, error_of, policy_of
from bot.kernel.clock import Clock
from bot.kernel.errors import PauseScope, RetryLater

_TOKEN_UNREADABLE_S = 30.0
_FORCED_EVERY = timedelta(hours=1.5)  # 20 a day at most


class AccountApi:
    """Calls the platform for one account."""

    def __init__(
        self, *, api_base: str, app_id: str, secret: str, clock: Clock, timeout_s: float = 10.0
    ) -> None:
        self._http = Http(api_base, timeout_s=timeout_s, limit=PauseScope.CHANNEL, codeless=True)
        self._app_id = app_id
        self._secret = secret
        self._clock = clock
        self._token = Token(self._fetch_token, clock)
        self._refused = ""
        self._forced_at: datetime | None = None

    async def start(self) -> None:
        """Open the connections."""
        await self._http.start()

    async def stop(self) -> None:
        """Close the connections."""
        await self._token.stop()
        await self._http.stop()

    async def token(self) -> str:
        """Return a valid access token, which proves that the credentials are good."""
        return await self._token.get()

    async def call(self, path: str, body: Json, *, sends: bool = True) -> Answer:
        """Post JSON with the token; return the answer when its errcode is 0.

        Args:
            path: below the API's base address.
            body: the request.
            sends: a lost answer leaves in doubt whether something was sent.
        """

        async def post(token: str) -> Answer:
            return await self._http.post(path, {"access_token": token}, body, sends=sends)

        return await self._with_token(path, post)

    async def upload(self, kind: str, name: str, content_type: str, content: bytes) -> str:
        """Upload a temporary file of `kind`; return its media id, good for 3 days."""
        path = "/cgi-bin/media/upload"

        async def post(token: str) -> Answer:
            query = {"access_token": token, "type": kind}
            return await self._http.upload(path, query, name, content_type, content)

        return media_id_in(await self._with_token(path, post), path)

    async def _with_token(self, path: str, ask: Callable[[str], Awaitable[Answer]]) -> Answer:
        token = await self._token.get()
        answer = await ask(token)
        if policy_of(errcode(answer)) is Policy.REFRESH:
            self._refused = token
            self._token.forget(token)
            answer = await ask(await self._token.get())
        return _checked(answer, path)

    async def _fetch_token(self) -> tuple[str, float]:
        value, lives_s = await self._ask_for_token(force=False)
        if value == self._refused and self._may_force():
            value, lives_s = await self._ask_for_token(force=True)
        return value, lives_s

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
        answer = _checked(await self._http.post(RENEWS, {}, body, sends=False), RENEWS)
        value, lives_s = text_in(answer, "access_token"), answer.get("expires_in")
        if not value or not isinstance(lives_s, int) or lives_s <= 0:
            raise RetryLater(f"{RENEWS}: no token in the answer", after_s=_TOKEN_UNREADABLE_S)
        return value, float(lives_s)


def _checked(answer: Answer, path: str) -> Answer:
    """Return a good answer; raise what a bad one means."""
    if code := errcode(answer):
        raise error_of(code, text_in(answer, "errmsg"), call=path)
    return answer
