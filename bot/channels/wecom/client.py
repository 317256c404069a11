"""The API clients: an access token, and one more try when that was refused."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from typing_extensions import override

from bot.channels.wecom.download import Came, Wanted
from bot.channels.wecom.errors import Policy, policy_of
from bot.channels.wecom.http import Answer, Http, Json, answer_in, errcode
from bot.channels.wecom.reading import lasting_in, must
from bot.kernel.clock import Clock
from bot.kernel.errors import PauseScope, Undeliverable
from bot.kernel.ports import Limit

CORP_LIMITS = (Limit(10_000, 60), Limit(150_000, 3_600))
"""A corp's calls of one kind, of all its apps together (path/90312, 2026-07)."""
_MARGIN_S = 300.0  # a token may be withdrawn a little early (path/91039, 2026-07)
_REFUSED_S = 60.0  # a wrong secret tried often gets the address blocked (path/90312, 2026-07)


class Token:
    """Keeps one access token; however many ask, one fetches."""

    def __init__(self, fetch: Callable[[], Awaitable[tuple[str, float]]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self.refused = ""
        """The token that the platform has refused last."""
        self._value = ""
        self._good_until: datetime | None = None
        self._fetching: asyncio.Task[str] | None = None
        self._refusal: Undeliverable | None = None
        self._refused_until: datetime | None = None

    async def get(self) -> str:
        """Return a token that the platform has not refused yet."""
        now = self._clock.now()
        if self._good_until and now < self._good_until:
            return self._value
        if self._refusal and self._refused_until and now < self._refused_until:
            raise Undeliverable(str(self._refusal), code=self._refusal.code, channel_off=True)
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._renew())
            self._fetching.add_done_callback(self._fetched)
        return await asyncio.shield(self._fetching)

    def forget(self, token: str) -> None:
        """Take note that `token` was refused; a newer one stays."""
        self.refused = token
        if token == self._value:
            self._good_until = None

    async def stop(self) -> None:
        """Stop asking."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _renew(self) -> str:
        try:
            value, lives_s = await self._fetch()
        except Undeliverable as exc:
            self._refusal = exc
            self._refused_until = self._clock.now() + timedelta(seconds=_REFUSED_S)
            raise
        lives_s -= min(_MARGIN_S, lives_s / 2)
        self._value, self._refusal = value, None
        self._good_until = self._clock.now() + timedelta(seconds=lives_s)
        return value

    def _fetched(self, task: asyncio.Task[str]) -> None:
        self._fetching = None
        if not task.cancelled():
            task.exception()  # those who waited have it; nobody may have waited


class TokenApi(ABC):
    """Calls a platform with its access token, and once more when that was refused."""

    def __init__(self, http: Http, clock: Clock) -> None:
        self._http = http
        self._token = Token(self._fetch_token, clock)

    @property
    def http(self) -> Http:
        """The connections, for what is fetched without a token."""
        return self._http

    @abstractmethod
    async def _fetch_token(self) -> tuple[str, float]:
        """Return a new token and for how many seconds it lives."""

    @abstractmethod
    def _renews(self, code: int) -> bool:
        """Return True when an error says that the token is not taken any more."""

    @abstractmethod
    def _check(self, answer: Answer, call: str) -> Answer:
        """Return a good answer; raise what a bad one means."""

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

    async def call(
        self, path: str, body: Json, *, sends: bool = True, long: bool = False
    ) -> Answer:
        """Post JSON with the token; return the answer when its errcode is 0.

        Args:
            path: below the API's base address.
            body: the request.
            sends: a lost answer leaves in doubt whether something was sent.
            long: the answer may be longer than others are.

        Raises:
            PlatformError: what the answer means, or that there was none.
        """

        async def post(token: str) -> Answer:
            query = {"access_token": token}
            return await self._http.post(path, query, body, sends=sends, long=long)

        return await self._with_token(path, post)

    async def ask(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Get something with the token; asking twice does no harm.

        Raises:
            PlatformError: as `call`.
        """

        async def get(token: str) -> Answer:
            return await self._http.get(path, {**(query or {}), "access_token": token})

        return await self._with_token(path, get)

    async def time_there(self) -> datetime | None:
        """Return the platform's time, to the second; None when it does not say.

        Raises:
            PlatformError: it did not answer.
        """
        return await self._http.time_there()

    async def upload(self, kind: str, name: str, content_type: str, content: bytes) -> str:
        """Upload a temporary file of `kind` (path/90253, 2026-07).

        Returns:
            Its media id, good for 3 days.

        Raises:
            PlatformError: as `call`.
        """
        path = "/cgi-bin/media/upload"
        answer = await self.upload_to(path, {"type": kind}, name, content_type, content)
        return must(answer, "media_id", path)

    async def upload_to(
        self, path: str, query: Mapping[str, str], name: str, content_type: str, content: bytes
    ) -> Answer:
        """Upload a file to wherever; return the answer.

        Raises:
            PlatformError: as `call`.
        """

        async def post(token: str) -> Answer:
            asked = {"access_token": token, **query}
            return await self._http.upload(path, asked, name, content_type, content)

        return await self._with_token(path, post)

    async def download(
        self, path: str, query: Mapping[str, str], wanted: Wanted
    ) -> tuple[Came, Answer]:
        """Get a file; return how it came, and what was said if none did.

        Raises:
            PlatformError: as `call`.
        """
        came = Came(0, is_file=False)

        async def get(token: str) -> Answer:
            nonlocal came
            came = await self._http.download(path, {"access_token": token, **query}, wanted)
            return answer_in(came, path)

        answer = await self._with_token(path, get)
        return came, answer

    async def _with_token(self, path: str, ask: Callable[[str], Awaitable[Answer]]) -> Answer:
        token = await self._token.get()
        answer = await ask(token)
        if self._renews(errcode(answer)):
            self._token.forget(token)
            answer = await ask(await self._token.get())
        return self._check(answer, path)


class WecomApi(TokenApi):
    """Calls the platform for one corp and one secret."""

    def __init__(
        self, *, api_base: str, corp_id: str, secret: str, clock: Clock, timeout_s: float = 10.0
    ) -> None:
        # the minute rule of path/90312 (2026-07) counts a corp's calls of one kind: everybody's
        super().__init__(Http(api_base, timeout_s=timeout_s, limit=PauseScope.CHANNEL), clock)
        self._corp_id = corp_id
        self._secret = secret

    @override
    async def _fetch_token(self) -> tuple[str, float]:
        path = "/cgi-bin/gettoken"
        query = {"corpid": self._corp_id, "corpsecret": self._secret}
        answer = self._check(await self._http.get(path, query), path)
        return lasting_in(answer, "access_token", path)

    @override
    def _renews(self, code: int) -> bool:
        return policy_of(code) is Policy.REFRESH

    @override
    def _check(self, answer: Answer, call: str) -> Answer:
        return self._http.check(answer, call)
