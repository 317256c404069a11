"""One call to the model; whatever comes back, or does not, becomes a verdict or `NoOpinion`.

No other host than the configured one is ever asked: redirects are not followed, proxies of the
environment are not used. The key stands in a header and in no error and no log.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar
from typing_extensions import override

from bot.channels.opinion import asking
from bot.kernel.checkup import Checkable, Finding, Level
from bot.kernel.opinions import MaskedTurn, NoOpinion, SecondOpinion, Trouble, Verdict

_MOST_BYTES = 256 * 1024
_OK, _BAD_REQUEST, _TOO_MANY, _UNPROCESSABLE, _SERVER_ERROR = 200, 400, 429, 422, 500
_KEY_REFUSED = frozenset({401, 403})
_NO_LIST = frozenset({404, 405, 501})
_JSON = {"Content-Type": "application/json"}


class OpinionDoor(SecondOpinion, Checkable):
    """Asks one model at one address; opens its connection for each question."""

    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        api_key: str,
        timeout_s: float,
        requests_per_day: int,
        tokens_per_day: int,
    ) -> None:
        """Remember whom to ask.

        Args:
            base_url: the address before `/chat/completions`.
            model: as the endpoint calls it.
            api_key: empty for an endpoint that wants none.
            timeout_s: for a whole question.
            requests_per_day: how often it may be asked on one day.
            tokens_per_day: what that may cost.
        """
        self.host = urlsplit(base_url).hostname or ""
        self.model = model
        self.requests_per_day = requests_per_day
        self.tokens_per_day = tokens_per_day
        self._base = base_url.rstrip("/")
        self._key = api_key
        self._timeout_s = timeout_s
        self._plain = False
        """It has refused a schema: it is asked without from now on."""

    @override
    def most_tokens(self, turns: Sequence[MaskedTurn]) -> int:
        return asking.most_tokens(turns)

    @override
    async def judge(self, turns: Sequence[MaskedTurn]) -> Verdict:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._judge(turns)
        except TimeoutError:
            reason = f"no answer within {self._timeout_s:g} s"
            raise NoOpinion(Trouble.TIMEOUT, reason) from None

    async def _judge(self, turns: Sequence[MaskedTurn]) -> Verdict:
        requests = 1
        status, said = await self._post(asking.question(self.model, turns, plain=self._plain))
        if status in {_BAD_REQUEST, _UNPROCESSABLE} and not self._plain:
            requests = 2
            status, said = await self._post(asking.question(self.model, turns, plain=True))
            self._plain = status == _OK
        try:
            return asking.verdict_in(_answer(status, said), requests=requests)
        except NoOpinion as exc:
            exc.requests = requests
            raise

    async def _post(self, body: Mapping[str, object]) -> tuple[int, bytes]:
        data = json.dumps(body, ensure_ascii=False).encode()
        return await self._exchange("POST", "/chat/completions", data)

    async def _exchange(self, method: str, path: str, data: bytes | None) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        headers |= _JSON if data is not None else {}
        timeout = ClientTimeout(total=self._timeout_s)
        try:
            async with (
                ClientSession(timeout=timeout, cookie_jar=DummyCookieJar()) as session,
                session.request(
                    method, self._base + path, data=data, headers=headers, allow_redirects=False
                ) as response,
            ):
                return response.status, await _body(response.content.iter_any())
        except TimeoutError:  # also aiohttp's own, which is a ClientError besides
            raise
        except (ClientError, OSError, ValueError) as exc:
            raise NoOpinion(Trouble.UNREACHABLE, type(exc).__name__) from None

    @override
    async def check_up(self) -> AsyncIterator[Finding]:
        """Ask for the list of models: it proves the address and the key, and costs nothing."""
        try:
            status, said = await self._exchange("GET", "/models", None)
        except TimeoutError:
            hint = "the network or the endpoint is slow; try again"
            message = f"{self.host}: no answer within {self._timeout_s:g} s"
            yield Finding("reach", message, Level.OUTSIDE, hint, "base_url")
            return
        except NoOpinion as exc:
            hint = "is the address right, and may this machine reach it?"
            yield Finding("reach", f"{self.host}: {exc}", Level.OUTSIDE, hint, "base_url")
            return
        yield self._found(status, said)

    def _found(self, status: int, said: bytes) -> Finding:
        if status in _KEY_REFUSED:
            hint = "look at api_key: is it the key of this endpoint, and not expired?"
            message = f"{self.host} refuses the key (HTTP {status})"
            return Finding("token", message, Level.PROBLEM, hint, "api_key")
        if status in _NO_LIST:
            message = f"{self.host} answers; it has no list of models to compare with"
            return Finding("reach", message, Level.NOTE)
        if status != _OK:
            hint = "the endpoint has trouble, or the address is not that of its interface"
            return Finding("reach", f"{self.host}: HTTP {status}", Level.OUTSIDE, hint, "base_url")
        models = _models(said)
        if models and self.model not in models:
            message = f"{self.host} does not list the model {self.model}"
            hint = f"it has {len(models)}: {', '.join(sorted(models)[:5])}"
            return Finding("reach", message, Level.WARNING, hint, "model")
        return Finding("reach", f"{self.host} answers, the key is taken")


async def _body(chunks: AsyncIterator[bytes]) -> bytes:
    said = bytearray()
    async for chunk in chunks:
        said += chunk
        if len(said) > _MOST_BYTES:
            break
    return bytes(said)


def _answer(status: int, said: bytes) -> object:
    if status != _OK:
        raise _trouble(status)
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        raise NoOpinion(Trouble.NOT_JSON, "the answer is no JSON") from None


def _models(said: bytes) -> frozenset[str]:
    try:
        listed = json.loads(said)["data"]
        return frozenset(str(one["id"]) for one in listed)
    except (ValueError, RecursionError, KeyError, TypeError):
        return frozenset()


def _trouble(status: int) -> NoOpinion:
    if status == _TOO_MANY:
        why = Trouble.LIMIT
    elif _BAD_REQUEST <= status < _SERVER_ERROR:
        why = Trouble.REFUSED
    else:
        why = Trouble.BROKEN
    return NoOpinion(why, f"HTTP {status}", code=status)
