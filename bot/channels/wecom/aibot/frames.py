"""The frames of a bot's long connection: JSON, one a message (path/101463, 2026-07)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic_core import to_json

from bot.channels.wecom.http import Json

SUBSCRIBE, PING = "aibot_subscribe", "ping"
RESPOND, WELCOME, CHANGE = (
    "aibot_respond_msg",
    "aibot_respond_welcome_msg",
    "aibot_respond_update_msg",
)
PUSH = "aibot_send_msg"
UPLOAD_INIT, UPLOAD_CHUNK, UPLOAD_FINISH = (
    "aibot_upload_media_init",
    "aibot_upload_media_chunk",
    "aibot_upload_media_finish",
)

# the platform's own SDK takes them out before it reads a frame
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Frame:
    """What the platform says: by itself with a `cmd`, else in answer to what we asked."""

    cmd: str
    req_id: str
    body: Mapping[str, object] = field(default_factory=dict)
    errcode: int = 0
    errmsg: str = ""


def read_frame(text: str) -> Frame | None:
    """Return a frame; None for what is none. Fields may be missing or of another type."""
    try:
        said = json.loads(_CONTROL.sub("", text), strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    headers, body, code = said.get("headers"), said.get("body"), said.get("errcode")
    return Frame(
        cmd=_text(said.get("cmd")),
        req_id=_text(headers.get("req_id")) if isinstance(headers, dict) else "",
        body=body if isinstance(body, dict) else {},
        errcode=code if isinstance(code, int) else 0,
        errmsg=_text(said.get("errmsg")),
    )


def frame(cmd: str, req_id: str, body: Json | None = None) -> str:
    """Return a frame of ours."""
    said: Json = {"cmd": cmd, "headers": {"req_id": req_id}}
    return to_json(said if body is None else {**said, "body": body}).decode()


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).encode("utf-8", "replace").decode()
