"""WeRoBot as its documentation runs it: an echo, or a check-in kept in its own session.

VARIANT=echo stores nothing; VARIANT=session uses the default session storage, SQLite.
"""

import os

from werobot import WeRoBot

robot = WeRoBot(
    token=os.environ["TOKEN"],
    encoding_aes_key=os.environ["AES_KEY"],
    app_id=os.environ["CORP"],
)
if os.environ["VARIANT"] == "echo":
    robot.config["SESSION_STORAGE"] = False

    @robot.text
    def echo(message):
        return message.content

else:

    @robot.text
    def check_in(message, session):
        today = message.time // 86400
        if session.get("day") != today:
            gone_on = session.get("day") == today - 1
            session["streak"] = session.get("streak", 0) + 1 if gone_on else 1
            session["day"] = today
            session["points"] = session.get("points", 0) + 5
        return f"打卡成功！已连续 {session['streak']} 天，积分 {session['points']}。"


robot.run(host="127.0.0.1", port=int(os.environ["PORT"]))
