"""Finds words that reward sharing, which the platform forbids (P13 in the requirements' words).

外部链接内容管理规范 (weixin.qq.com, 2026-02) bans rewards for sharing, forwarding, inviting,
collecting likes and helping friends to bargain. What rewards showing up here, writing to the
brand or a paid order is lawful, also when the order is a friend's.
"""

import re
from dataclasses import dataclass

_OUTSIDE = (
    r"朋友圈|小红书|抖音|微博|大众点评|视频号|转发|转给|转到|转群"
    r"|分享(?:给|(?:到|至)(?!这|本群|群里|我们|咱们)|出去|本[文链]|链接|海报|小程序|文章|图文)|(?:发|晒|传)(?:到|在|至)?(?:别的群|其他群|好友群)"
)
_BY_FRIENDS = (
    r"好友助力|助力|帮(?:我|忙)?砍|砍价|砍一刀|集赞|点赞(?:满|数|最多|过)|集(?:齐|满)?好友"
    r"|带[^，。！？!?；;\n]{0,8}[进入来到][^，。！？!?；;\n]{0,2}群"
    r"|(?:邀请|拉|推荐)\s*(?:[\d一二两三四五六七八九十百]+\s*[位个名]*\s*)?"
    r"(?:新?好友|新人|朋友|姐妹|闺蜜|人|新)"
    r"|裂变|拼团邀|扫码拉"
)
_REWARD = (
    r"送|奖|赢|立减|减\s*\d|免单|免费|优惠|折扣|\d\s*折|红包|现金|积分|券|福利|有礼|好礼|礼品|礼物"
    r"|(?:领|得|返|换|抽|兑)(?:取|走|现|利|购|奖|到)?\s*(?:\d|[一二两三]|[个张份杯件])"
    r"|返现|返利|领取|抽奖|兑换|换购|(?:礼品|会员|体验|购物|VIP)卡"
)
_ORDER = r"下单|购买|买单|消费|成交|首单|支付|付款"
_NOT = r"(?:不|无须|无需|别|勿|禁止|没有)[^，。！？!?；;\n]{0,6}$"
_COUNT_IT = r"(?:不|没有?|无|勿)[^，。！？!?；;\n]{0,4}$"

_PLACES = re.compile(f"{_OUTSIDE}|{_BY_FRIENDS}")
_FRIENDS = re.compile(_BY_FRIENDS)
_REWARDS = re.compile(_REWARD)
_ORDERS = re.compile(_ORDER)
_NEGATED = re.compile(_NOT)
_NOTHING = re.compile(_COUNT_IT)
_SENTENCES = re.compile(r"[^。！？!?\n；;]+")
_ALWAYS = re.compile(r"砍价|砍一刀|帮(?:我|忙)?砍|好友助力|集赞|裂变")
"""Forbidden even where no reward is named: it is what these words mean."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Words that reward sharing, and the line of the text that they stand on, from 1."""

    words: str
    line: int


def rewards_sharing(text: str) -> Shared | None:
    """Return the first words of a text that reward sharing; None when there are none."""
    for sentence in _SENTENCES.finditer(text):
        found = _in_sentence(sentence[0])
        if found is not None:
            line = text.count("\n", 0, sentence.start() + found.start()) + 1
            return Shared(found[0], line)
    return None


def _in_sentence(sentence: str) -> re.Match[str] | None:
    for place in _PLACES.finditer(sentence):
        if _NEGATED.search(sentence[: place.start()]):
            continue
        if _ALWAYS.match(place[0]):
            return place
        if _FRIENDS.match(place[0]) and _ORDERS.search(sentence):
            continue  # a paid order is rewarded, not the invitation
        rest = sentence[: place.start()], sentence[place.end() :]
        if any(_is_rewarded(part) for part in rest):
            return place
    return None


def _is_rewarded(part: str) -> bool:
    return any(not _NOTHING.search(part[: reward.start()]) for reward in _REWARDS.finditer(part))
