"""What other systems may ask: `/api/v1/…`, by a bearer token, described by an OpenAPI file."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from aiohttp import web
from pydantic import ValidationError

from bot.kernel.calling import Call
from bot.kernel.errors import CannotStore, Refusal
from bot.kernel.feature import Feature
from bot.kernel.ports import Words, Work
from bot.kernel.work import Toolbox

log = structlog.get_logger(__name__)

ROOT = "/api/v1"
_MOST_BYTES = 64 * 1024
_BEARER = "bearer "
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_ERRORS = {
    401: "no token, or an unknown one",
    409: "it cannot be done; nothing was changed",
    413: "the body is too large",
    422: "the body is not as described",
    503: "nothing can be written now; ask again after Retry-After",
}


class Api:
    """Answers other systems. Without a token in the configuration there is nothing at all.

    Args:
        features: the rooms, with what they answer.
        tokens: the secret of each system, by the name under which its deeds are audited.
        work: runs what is asked for.
        tools: for the rooms.
        words: renders refusals.
    """

    def __init__(
        self,
        features: Sequence[Feature],
        tokens: Mapping[str, str],
        *,
        work: Work,
        tools: Toolbox,
        words: Words,
    ) -> None:
        self._calls = {call.path: call for room in features for call in room.calls}
        self._tokens = {name: token.encode() for name, token in tokens.items()}
        self._work = work
        self._tools = tools
        self._words = words

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        if not self._tokens:
            return
        yield web.get(f"{ROOT}/openapi.json", self._describe)
        yield web.post(f"{ROOT}/{{path:[a-z/_-]+}}", self._answer)

    async def _describe(self, _request: web.Request) -> web.Response:
        return _json(described(list(self._calls.values())))

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        try:
            response = await self._ask(request, path)
        except web.HTTPRequestEntityTooLarge:
            response = _error(413, "too_large", _ERRORS[413])
        except CannotStore:
            response = _error(503, "cannot_store", _ERRORS[503])
            response.headers["Retry-After"] = "5"
        except Exception:
            log.exception("api.failed", path=path)
            response = _error(500, "failed", "a mistake of ours; nothing was changed")
        return response

    async def _ask(self, request: web.Request, path: str) -> web.Response:
        who = self._who(request.headers.get("Authorization", ""))
        if not who:
            response = _error(401, "unauthorized", _ERRORS[401])
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        if (call := self._calls.get(path)) is None:
            return _error(404, "not_found", "see openapi.json")
        raw = await request.read()
        if len(raw) > _MOST_BYTES:
            return _error(413, "too_large", _ERRORS[413])
        if b"\\u0000" in raw:  # PostgreSQL keeps no such character
            return _error(422, "bad_body", _ERRORS[422])
        try:
            body = call.takes.model_validate_json(raw)
        except ValidationError as exc:
            return _error(422, "bad_body", _ERRORS[422], problems=_problems(exc))
        return await self._do(call, body, f"api:{who}")

    def _who(self, header: str) -> str:
        """Return which system asks; every token is compared, so that none takes longer."""
        is_bearer = header[: len(_BEARER)].lower() == _BEARER
        given = header[len(_BEARER) :].strip().encode(errors="replace") if is_bearer else b""
        found = [name for name, token in self._tokens.items() if hmac.compare_digest(given, token)]
        return found[0] if found else ""

    async def _do(self, call: Call, body: Any, who: str) -> web.Response:
        try:
            said = await self._work.do(lambda uow: call.act(uow, self._tools, body, who))
        except Refusal as refusal:
            why = str(refusal.words.get("why", type(refusal).__name__))
            message = self._words(refusal.template, **refusal.words).strip()
            log.info("api.refused", path=call.path, why=why)
            return _error(409, why, message)
        log.info("api.done", path=call.path)
        return _json(said.model_dump(mode="json"))


def described(calls: Sequence[Call]) -> Mapping[str, object]:
    """Return the OpenAPI file."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Community bot", "version": "1"},
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": {f"{ROOT}/{call.path}": {"post": _operation(call)} for call in calls},
    }


def _operation(call: Call) -> Mapping[str, object]:
    answers = {
        str(status): {"description": words, "content": _content(_ERROR)}
        for status, words in _ERRORS.items()
    }
    given = {"description": "done", "content": _content(call.gives.model_json_schema())}
    return {
        "summary": call.summary,
        "operationId": call.path.replace("/", "_"),
        "requestBody": {"required": True, "content": _content(call.takes.model_json_schema())},
        "responses": {"200": given, **answers},
    }


_ERROR: Mapping[str, object] = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {
        "error": {"type": "string", "description": "a word for programs"},
        "message": {"type": "string", "description": "words for people"},
        "problems": {"type": "array", "items": {"type": "object"}},
    },
}


def _content(schema: Mapping[str, object]) -> Mapping[str, object]:
    return {"application/json": {"schema": schema}}


def _problems(error: ValidationError) -> Sequence[Mapping[str, object]]:
    """Return what is wrong, without repeating what was sent."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [{"at": ".".join(map(str, one["loc"])), "message": one["msg"]} for one in found]


def _error(status: int, error: str, message: str, **more: object) -> web.Response:
    return _json({"error": error, "message": message, **more}, status)


def _json(data: Mapping[str, object], status: int = 200) -> web.Response:
    return web.json_response(data, status=status, headers=_HEADERS)
