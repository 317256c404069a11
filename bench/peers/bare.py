"""aiohttp alone: verify and decrypt, keep nothing, answer `success`."""

import os
import sys
from pathlib import Path

from aiohttp import web

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.channels.wecom.door import Door, sealed_in_xml
from bot.kernel.clock import SystemClock

door = Door(
    token=os.environ["TOKEN"],
    aes_key=os.environ["AES_KEY"],
    receive_id=os.environ["CORP"],
    clock=SystemClock(),
)


async def answer(request: web.Request) -> web.Response:
    door.open(request.query, sealed_in_xml(await request.read()))
    return web.Response(text="success")


app = web.Application()
app.router.add_post("/callback/wecom_app", answer)
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)
