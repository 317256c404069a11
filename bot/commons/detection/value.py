"""Large purchases (大额): an amount, or a number of things, with the wish to buy them."""

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.commons.detection.numbers import NUMBER, number

_YUAN = r"(?:元|块钱?|圆|rmb|人民币|大洋|软妹币|刀)"
_AMOUNT = re.compile(
    rf"(?:¥|￥|\$)?(?P<n>{NUMBER})(?P<more>多|来|左右|以上)?(?:{_YUAN})(?!一[件个次])|(?:¥|￥)(?P<m>{NUMBER})"
)
_BARE = re.compile(
    rf"(?:预算|价位|价格|花|出|付|转|刷|充|存|储值|定金|首单|总共|一共|合计|大概|差不多|消费|单价|每[件双套份个条只块枚]|一[件双套份个条只块枚]|[1一两二三]?各|标价|卖|要)"
    rf"(?:在|是|有|大概|大约|约|差不多|了|到|个|给|我)?(?P<n>{NUMBER})(?P<more>多|来|左右|以上|以内|以下|上下|出头|往上|起)?(?![号日月年点天次分双件套份个条只块码%折楼人周星礼岁cm斤g厘米])"
)
_THINGS = re.compile(
    rf"(?P<n>{NUMBER})(?P<more>多|来|几|余)?(?:个)?(?P<of>双|件|套|份|条|只|枚|个|盒|箱|瓶|把|顶|块|副|对|打|支|本|台|部|人份|盏|床|张|批|包|袋|身)"
)
_PEOPLE = re.compile(
    rf"(?P<n>{NUMBER})(?:多|来|几|余)?(?:个|位|名|号)?(?:人|员工|同事|同学|学生|客户|嘉宾|伴娘|姐妹|老师|小朋友|宾客|孩子|店员|会员|客人|学员)"
)
_EACH = re.compile(
    rf"(?P<count>{NUMBER})(?:双|件|套|份|条|只|枚|个|盒|箱|瓶|块|副|对|支|台)(?:[^.!?;0-9]{{0,10}}?)(?:各|每[件双套份个条只枚盒瓶块副对支台]|一[件双套份个条只枚盒瓶块副对支台]|单价|每人|都是)(?:[^.!?;0-9]{{0,6}}?)(?P<price>{NUMBER})"
    rf"|(?:各|每[件双套份个条只枚盒瓶块副对支台]|一[件双套份个条只枚盒瓶块副对支台]|单价|每人)(?:[^.!?;0-9]{{0,6}}?)(?P<price2>{NUMBER})(?:{_YUAN})?(?:左右|的)?[^.!?;0-9]{{0,8}}?(?P<count2>{NUMBER})(?:双|件|套|份|条|只|枚|个|盒|箱|瓶|块|副|对|支|台|人)"
)
WANTS = re.compile(
    r"(?:想|要|打算|准备|计划|考虑|需要|求|帮我?|给我|来|拿|订|定|预定|预订|买|购|下单|拍|付款|付定金|转账|刷卡|留|推荐|有没有|有吗|预算|采购|送|定制|订制|选|挑|看中|看上|入手|拿下|报价|多少钱|怎么卖|能不能便宜|优惠|折扣|有货|现货|充值|充|储值|办卡|办张|办个|约)"
)
_PAST = re.compile(
    r"(?:花了|花掉|买了|付了|买的|花|收了我?|扣了我?|刷了|交了|充了|退|赔|还我|差价|降价|降了|便宜了|涨了|涨|省了|欠|工资|房租|存款|月薪|罚|丢了|骗了|亏了|亏|赚|卖了|分期|贷款|花呗|中奖|奖金|红包|压岁|满|减|积分|步|万步|粉丝|播放|阅读|斤|公里)"
)
_GIFTS = re.compile(
    r"送(?:客户|员工|同事|领导|老师|嘉宾|会员|伴娘|朋友们|全家|合作|长辈们|学员|代理|粉丝|亲戚)|(?:员工|客户|公司|单位|部门|团队|年会|会议|活动|婚礼|伴娘|伴手礼|班级|学校|幼儿园|酒店|门店|开业|团建|节日|福利|商务|典礼|剧组|合唱团|舞蹈队|广场舞队|工作室|民宿|前台|空乘|乐团|伴郎)"
)
MANY = 10


def amounts_in(text: str) -> Iterator[Decimal]:
    """Yield the amounts in yuan that a text names."""
    for found in _AMOUNT.finditer(text):
        value = number(found["n"] or found["m"])
        if value is not None:
            yield value
    for found in _BARE.finditer(text):
        value = number(found["n"])
        if value is not None and value >= 100:  # noqa: PLR2004 - 花了三 is no amount
            yield value


def total_in(text: str) -> Decimal:
    """Return the largest amount that a purchase comes to: 两件各一千 is 2,000; 0 for none."""
    totals = list(amounts_in(text))
    for found in _EACH.finditer(text):
        count = number(found["count"] or found["count2"])
        price = number(found["price"] or found["price2"])
        if count and price and count >= 1:
            totals.append(count * price)
    return max(totals, default=Decimal(0))


def things_in(text: str) -> Decimal:
    """Return the largest number of things or people that a text names; 0 for none."""
    counts = [number(found["n"]) for form in (_THINGS, _PEOPLE) for found in form.finditer(text)]
    return max((each for each in counts if each is not None), default=Decimal(0))


def wants(text: str) -> bool:
    """Return True when somebody means to buy, and does not speak of money gone."""
    return bool(WANTS.search(text)) and not _PAST.search(text)


def is_large(text: str, large_yuan: int) -> bool:
    """Return True for the wish to buy for `large_yuan` or more."""
    return wants(text) and total_in(text) >= large_yuan


def is_many(text: str) -> bool:
    """Return True for the wish to buy many things, or something for many people."""
    many = things_in(text)
    return wants(text) and many >= MANY and (bool(_GIFTS.search(text)) or many >= MANY)
