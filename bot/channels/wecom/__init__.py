"""WeCom (企业微信): the app that members write to, and the robots that write into groups."""

from bot.channels.wecom.app import WECOM_APP, WecomApp
from bot.channels.wecom.group_robot import GroupRobot

__all__ = ["WECOM_APP", "GroupRobot", "WecomApp"]
