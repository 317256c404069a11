"""One call to the platform: whatever comes back, or does not, becomes an answer or an error.

Addresses carry tokens and keys in their query, so no error and no log names one.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, TypeAlias

from aiohttp import (
    BaseConnector,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    TCPConnector,
)
from pydantic_core import to_json
from yarl import URL

from bot.channels.wecom.download import Came, Wanted, download
from bot.channels.wecom.errors import error_of
from bot.channels.wecom.wire import Answered, NoAnswer, NotConnected, Wire
from bot.channels.wecom.wire import can_be_used as wire_can_be_used
from bot.kernel.errors import Ambiguous, PauseScope, PlatformError, RetryLater

Answer: TypeAlias = Mapping[str, object]
Json: TypeAlias = dict[str, Any]

_MAX_ANSWER_BYTES = 1024 * 1024
_MAX_LONG_ANSWER_BYTES = 32 * 1024 * 1024  # a thousand messages of 微信客服, some of them records
_CONNECT_S = 5.0
_UNREACHABLE_S = 5.0
_GATEWAY_S = 60.0
_TOO_MANY = 429
_IN_ONE_PIECE_BYTES = 64 * 1024
_JSON = {"Content-Type": "application/json"}
_BROKEN = re.compile("[\ud800-\udfff\u0000]")
_OK = 200
_SERVER_ERROR = 500


class Http:
    """A session with one host of the platform."""

    def __init__(
        self,
        base: str,
        *,
        timeout_s: float,
        limit: PauseScope,
        keep_alive: bool = True,
        connections: int = 32,
        codeless: bool = False,
    ) -> None:
        """Remember how to connect.

        Args:
            base: the address that paths begin behind.
            timeout_s: for a whole call.
            limit: what rests when the platform's limit is hit.
            keep_alive: connections are kept for the next call.
            connections: how many at most.
            codeless: a good answer to a call that sends nothing may lack its errcode.
        """
        self._base = base.rstrip("/")
        self._timeout_s, self._connect_s = timeout_s, min(_CONNECT_S, timeout_s / 2)
        self._timeout = ClientTimeout(total=timeout_s, connect=self._connect_s)
        self._limit = limit
        self._codeless = codeless
        self._keep_alive = keep_alive
        self._connections = connections
        self._session: ClientSession | None = None
        self._wire: Wire | None = None

    async def start(self) -> None:
        """Open the session."""
        connector: BaseConnector = TCPConnector(
            limit=self._connections, force_close=not self._keep_alive
        )
        self._session = ClientSession(
            timeout=self._timeout, connector=connector, cookie_jar=DummyCookieJar()
        )
        if self._keep_alive and wire_can_be_used():
            self._wire = Wire(URL(self._base), timeout_s=self._timeout_s, connect_s=self._connect_s)

    async def stop(self) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._wire is not None:
            self._wire.close()

    async def get(self, path: str, query: Mapping[str, str]) -> Answer:
        """Ask for something; asking twice does no harm."""
        return await self._ask("GET", path, query, None, sends=False)

    async def post(
        self,
        path: str,
        query: Mapping[str, str],
        body: Json,
        *,
        sends: bool = True,
        long: bool = False,
    ) -> Answer:
        """Post JSON; with `sends` a lost answer is Ambiguous, else it is asked for again."""
        words = to_json(body)
        # what is large, there or back, is not for the wire
        data = BytesIO(words) if long or len(words) >= _IN_ONE_PIECE_BYTES else words
        most = _MAX_LONG_ANSWER_BYTES if long else _MAX_ANSWER_BYTES
        return await self._ask("POST", path, query, data, sends=sends, most_bytes=most)

    async def upload(
        self, path: str, query: Mapping[str, str], name: str, kind: str, content: bytes
    ) -> Answer:
        """Post a file as the form field `media`, as path/90253 (2026-07) wants it."""
        form = FormData(quote_fields=False)  # the platform reads raw UTF-8 names only
        form.add_field("media", BytesIO(content), filename=name, content_type=kind)
        return await self._ask("POST", path, query, form, sends=False)

    async def time_there(self) -> datetime | None:
        """Return the time by the `Date` of an answer of the host; None when it has none.

        Raises:
            RetryLater: there was no answer.
        """
        if self._session is None:
            raise RetryLater("not connected yet", after_s=_UNREACHABLE_S, uncounted=True)
        try:
            async with self._session.head(f"{self._base}/", allow_redirects=False) as response:
                said = response.headers.get("Date", "")
        except (ClientError, TimeoutError, OSError) as exc:
            raise RetryLater(f"HEAD: {type(exc).__name__}", after_s=_UNREACHABLE_S) from None
        try:
            return parsedate_to_datetime(said).astimezone(UTC)
        except ValueError:
            return None

    async def download(self, path: str, query: Mapping[str, str], wanted: Wanted) -> Came:
        """Get a file of this host, or, by a whole address, of another one."""
        if self._session is None:
            raise RetryLater("not connected yet", after_s=_UNREACHABLE_S, uncounted=True)
        own = path.startswith("/")
        address = URL(self._base + path).with_query(query) if own else URL(path)
        return await download(self._session, address, wanted)

    def check(self, answer: Answer, call: str) -> Answer:
        """Return a good answer; raise what a bad one means."""
        if code := errcode(answer):
            raise error_of(code, text_in(answer, "errmsg"), call=call, limit=self._limit)
        return answer

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        data: FormData | BytesIO | bytes | None,
        *,
        sends: bool,
        most_bytes: int = _MAX_ANSWER_BYTES,
    ) -> Answer:
        if self._session is None:
            raise RetryLater(f"{path}: not connected yet", after_s=_UNREACHABLE_S, uncounted=True)
        address = _address(self._base + path, *query.items())
        try:
            if self._wire is not None and isinstance(data, bytes):
                status, said = await self._wire.post(address, data)
            else:
                status, said = await _exchange(self._session, method, address, data, most_bytes)
        except (NotConnected, ClientConnectorError, ConnectionTimeoutError) as exc:
            # nothing left this machine; an outage is no message's fault
            raise RetryLater(
                f"{path}: {type(exc).__name__}",
                after_s=_UNREACHABLE_S,
                scope=PauseScope.CHANNEL,
                uncounted=True,
            ) from None
        except (NoAnswer, ClientError, TimeoutError, OSError) as exc:
            raise _doubt(f"{path}: {type(exc).__name__}", sends=sends) from None
        codeless = self._codeless and not sends
        return _understand(path, status, said, sends=sends, codeless=codeless)


async def _exchange(
    session: ClientSession,
    method: str,
    address: URL,
    data: FormData | BytesIO | bytes | None,
    most_bytes: int,
) -> Answered:
    headers = _JSON if isinstance(data, bytes | BytesIO) else None
    async with session.request(
        method, address, data=data, headers=headers, allow_redirects=False
    ) as response:
        return response.status, await _body(response, most_bytes)


@lru_cache(maxsize=64)  # a token lives for two hours, an address is built in ten microseconds
def _address(url: str, *query: tuple[str, str]) -> URL:
    return URL(url).with_query(query)


def _doubt(reason: str, *, sends: bool) -> PlatformError:
    if sends:
        return Ambiguous(reason)
    return RetryLater(reason, after_s=_UNREACHABLE_S)


async def _body(response: ClientResponse, most_bytes: int) -> bytes:
    """Read what is said, up to what any answer could need."""
    said = bytearray()
    async for chunk in response.content.iter_any():
        said += chunk
        if len(said) > most_bytes:
            break
    return bytes(said)


def _understand(path: str, status: int, said: bytes, *, sends: bool, codeless: bool) -> Answer:
    try:
        answer = json.loads(said)
        if b"\\u" in said:  # only then can there be anything that is no whole text
            answer = whole(answer)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict) and isinstance(code := answer.get("errcode"), int):
        known = status == _OK or code != 0
    elif isinstance(answer, dict) and codeless and "errcode" not in answer:
        known = status == _OK
    else:
        answer, known = {}, False
    if known:
        return answer
    reason = f"{path}: HTTP {status} without an answer"
    if status == _TOO_MANY:
        raise RetryLater(reason, after_s=_GATEWAY_S, scope=PauseScope.CHANNEL, uncounted=True)
    if status == _OK or status >= _SERVER_ERROR:
        raise _doubt(reason, sends=sends)
    # a redirect or a refusal by something in between: the platform has not seen it
    raise RetryLater(reason, after_s=_GATEWAY_S, scope=PauseScope.CHANNEL)


def whole(value: object) -> Any:
    """Return a JSON value without what no database takes: half characters, and NUL.

    A platform that cuts a text to a length may leave half an emoji at its end.
    """
    if isinstance(value, str):
        return _BROKEN.sub("\ufffd", value)
    if isinstance(value, list):
        return [whole(one) for one in value]
    if isinstance(value, dict):
        return {whole(name): whole(one) for name, one in value.items()}
    return value


def answer_in(came: Came, path: str) -> Answer:
    """Return the JSON that came in place of a file; empty when it was one.

    Raises:
        RetryLater: what came is neither.
    """
    if came.is_file:
        return {}
    try:
        answer = json.loads(came.said)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict) and (errcode(answer) or came.status == _OK):
        return answer
    scope = PauseScope.MESSAGE if came.status == _OK else PauseScope.CHANNEL
    reason = f"{path}: HTTP {came.status} without an answer"
    raise RetryLater(reason, after_s=_GATEWAY_S, scope=scope)


def errcode(answer: Answer) -> int:
    """Return the platform's error number, 0 for none."""
    code = answer.get("errcode")
    return code if isinstance(code, int) else 0


def text_in(answer: Answer, name: str) -> str:
    """Return a text of the answer; empty when it has none of this name."""
    value = answer.get(name)
    return value if isinstance(value, str) else ""
