"""Large purchases (大额): an amount, or a number of things, with the wish to buy them."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from bot.commons.detection.numbers import NUMBER, number

_YUAN = r"(?:元|块钱?|圆|rmb|人民币|大洋|软妹币|刀|蚊)"
_OF = "双件套份条只枚个盒箱瓶块副对支台顶把打批"
_AMOUNT = re.compile(rf"(?P<n>{NUMBER})(?:多|来|几|左右|以上)?{_YUAN}|[¥￥$](?P<m>{NUMBER})")
_BARE = re.compile(
    r"(?:预算|budget|价位|价格|花|出|付|转|刷|充|存|储值|定金|首单|首批|总共|一共|合计|大概|差不多|消费|单价"
    rf"|[每一1各][{_OF}晚人位]?|标价|卖|要|拿|备|手上有|手里有|有)"
    rf"(?:在|是|有|大概|大约|约|差不多|了|到|个|给|我|标准|进货|也就)? ?(?P<n>{NUMBER})(?:多|来|几|左右|以上|以内|以下|上下|出头|往上|起)?"
    rf"(?![号日月年点天次分{_OF}码%折楼人周星礼岁里cm斤g克厘米位房间家桌后层届集页字])"
    rf"|(?P<o>{NUMBER})(?:多|来|几)?(?:块|元)?(?:的)?(?:那|这)[{_OF}款]|(?:那|这)[{_OF}款](?P<p>{NUMBER})(?:多|的)"
    rf"|(?P<q>{NUMBER})(?:多|来|几|块|元)?(?:左右|以内|以上|以下|上下|出头|往上|预算|一晚|的预算)(?!天|[{_OF}人分钟小时])"
    r"|(?P<s>(?:[0-9][0-9.]{0,5}|[一二两三四五六七八九十几]{1,4})(?:十|百)?[万千kw])(?![a-z0-9一二三四五六七八九十])(?:多|来|几)?"
    rf"(?![{_OF}步人粉字个天年里公位次分字米斤播点户亩条名家])"
    rf"|(?P<r>{NUMBER})(?:多|块|元)?的(?:大衣|包|表|手表|项链|戒指|镯子|手镯|皮草|钻|会员|卡|来一|酒店|那)"
)
_SHORT_CHARS = 8
_LEAST_BARE = 1000
"""A number without 元 that is smaller may count anything."""
_THINGS = re.compile(
    rf"(?P<n>{NUMBER})(?:多|来|几|余)?(?:个)?(?P<of>双|件|套|份|条|只|枚|盒|箱|瓶|顶|副|对|打(?!卡)|支|本|台|人份|盏|辆|pcs|桌)"
)
_SOME = re.compile(
    rf"(?P<n>{NUMBER})(?:多|来|几|余)?(?:(?:个|位|名|户|口|间)(?:人|员工|同事|同学|学生|客户|嘉宾|伴娘|姐妹|老师|小朋友|宾客|孩子|店员|会员|客人|学员|房|左右|,|\.|\?|$)|(?:位|号)人?(?=[,.?!]|$))|(?P<m>{NUMBER})(?:多|来|几|余)?人"
)
_TOTAL = re.compile(
    rf"(?:各|量|拿货?|一样来|一共|人数|大约|先做|先拿|先试|追加)(?P<n>{NUMBER})(?:多|来)?(?![块元天号点年月分时%折码岁斤米公里步字])"
)
_DOZEN = 12
_EACH = re.compile(
    rf"(?P<count>{NUMBER})[{_OF}人位](?:[^.!?;0-9]{{0,10}}?)(?:各|每[{_OF}人]|一[{_OF}]|单价|都是)(?:[^.!?;0-9]{{0,6}}?)(?P<price>{NUMBER})"
    rf"|(?:各|每[{_OF}人]|一[{_OF}]|单价|人均)(?:[^.!?;0-9]{{0,6}}?)(?P<price2>{NUMBER})(?:{_YUAN})?(?:左右|的|标准)?[^.!?;0-9]{{0,8}}?(?P<count2>{NUMBER})[{_OF}人位]"
)
_WANTS = re.compile(
    r"想|要|打算|准备|计划|考虑|需要|求|帮我?|给我|来|拿|订|定|预留|买|购|下单|拍|付款|转账|转定金|刷卡|留|推荐|有没有|有吗"
    r"|预算|送|定制|订制|选|挑|看中|看上|入手|报价|多少钱|怎么卖|优惠|折扣|有货|现货|充|储|办卡|办张|办个|约|看看|看几|看实物"
    r"|试试|还在吗|带走|备了|够不|够吗|做一|做[一二两三四五六七八九十]|给[^,]{0,6}(?:看|配|搭)|接吗|能做|什么价|啥价|怎么算|合同|配|包(?:下|起来)"
)
_PAST = re.compile(
    r"花了|花掉|买了|付了|买的|收了我?|扣了|扣我|刷了|交了|充了|退|赔|还我|差价|降价|降了|便宜了|涨|省了|欠|工资|房租|存款|月薪|罚|丢|骗|亏"
    r"|赚|卖了|分期|贷款|花呗|中奖|奖金|红包|压岁|满[0-9]|积分|步|粉丝|播放|阅读|斤|公里|彩礼|首付|房价|房子|车位|学费|仿|假|昨天|当年|以前|那时"
    r"|已经|穿了|戴了|用了|收到|发错|少了|少发|少给|没收|没到|坏|断|掉|破|起球|投诉|差评|后悔|梦见|要是|如果|据说|听说|大熊猫|分钟|小时|作业|题|遍|天没|年没|胖|瘦|减肥|跑了|走了|排队|等了|只剩|翻车|坑|贵|买到|感觉|性能|入住了|评分|餐馆|周边|蚊子|套路|消耗率|美金|售价|人口|自治|歧视|国家|政府|试用期|大学|校招|性价比|系统|内存|硬盘|显卡|本本|笔记本|散热|年薪|华裔|黑人|像素|口罩|男朋友|女朋友|女票|工作量|地球|世界"
)
_ORGANISED = re.compile(
    r"送(?:客户|员工|同事|领导|老师|嘉宾|会员|伴娘|朋友们|合作|长辈|学员|代理|粉丝|亲戚|供应商|业主|股东)|员工|客户|公司|单位|部门|团队|年会|会议|婚礼|伴娘|伴郎|伴手礼|回礼|班|学校|幼儿园"
    r"|酒店|门店|开业|团建|福利|商务|典礼|剧组|合唱|舞蹈|广场舞|工作室|民宿|前台|空乘|乐团|乐队|队|礼品|礼袋|logo|供货|采购|批|统一|宴|同学会|聚会|工会|科室|律所|协会|会所|餐厅|寺庙|教会|全班|全年级|每人一|一人一|校服|工服|工装|制服|服装|毕业|刺绣|印字|姐妹|村|社徽|亲戚每家|妇女|拜年|全家福|姊妹|定做|定制|产|合作|出口|寄到"
)
_LOOSE = re.compile(
    rf"^(?:我?(?:想|要|来|拿|订|定|先|再|追加|帮我|给我|批|拿货|要个|能不能)?(?:要|订|拿|做|来|试)?)?(?:{NUMBER})(?:多|来|几)?(?:[{_OF}]|pcs)(?:[^,.!?]{{0,8}})?(?:[,.!?][^!?]{{0,14}})?$"
)
MANY = 10
_TOO_MANY = 20_000
_MOST_CHARS = 90
"""A longer text is a story, not an order."""
_SETTLES = re.compile(
    r"^(?:没事|没关系|好|行|可以|嗯|那|ok|就)?[,. ]?(?:[^,.!?]{0,6})(?:拿|要|留|来一|包起来|订|定了|带走|约|试试|都定|做[一两三]|各一|取|看过去|过去看|开发票|转账|刷卡|付|还惦记|带我看|送到|两件|一件|[两三四五六]块|连住)"
)


def amounts_in(text: str) -> Iterator[Decimal]:
    """Yield the amounts in yuan that a text names."""
    for found in _AMOUNT.finditer(text):
        value = number(found["n"] or found["m"])
        if value is not None:
            yield value
    for found in _BARE.finditer(text):
        value = number(
            found["n"] or found["o"] or found["p"] or found["q"] or found["r"] or found["s"]
        )
        if value is not None and value >= _LEAST_BARE:
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
    """Return the largest number of things that a text names; 0 for none."""
    counts = [Decimal(0)]
    for found in _THINGS.finditer(text):
        value = number(found["n"])
        if value is not None:
            dozens = found["of"] == "打"
            counts.append(value * _DOZEN if dozens and value > 1 else value)
    if _ORGANISED.search(text) or len(text) <= _SHORT_CHARS:
        counts += [number(found["n"]) or Decimal(0) for found in _TOTAL.finditer(text)]
    return max(counts)


def people_in(text: str) -> Decimal:
    """Return the largest number of people, rooms or the like that a text names; 0 for none."""
    counts = [number(found["n"] or found["m"]) for found in _SOME.finditer(text)]
    return max((each for each in counts if each is not None), default=Decimal(0))


def wants(text: str) -> bool:
    """Return True when somebody means to buy, and does not speak of money gone."""
    return bool(_WANTS.search(text)) and not _PAST.search(text)


def is_large(text: str, large_yuan: int, heard: Sequence[str] = ()) -> bool:
    """Return True for the wish to buy for `large_yuan` or more; a price may have been told her."""
    if len(text) <= _MOST_CHARS and wants(text) and total_in(text) >= large_yuan:
        return True
    if not heard or not _SETTLES.search(text) or _PAST.search(text):
        return False
    told = max([*amounts_in(heard[-1]), *_figures(heard[-1])], default=Decimal(0))
    return told >= large_yuan


def is_many(text: str, heard: Sequence[str] = ()) -> bool:
    """Return True for the wish to buy many things, or something for many people."""
    if len(text) > _MOST_CHARS or _PAST.search(text):
        return False
    things, people = things_in(text), people_in(text)
    if max(things, people) > _TOO_MANY:
        return False
    if things >= MANY and (_ORGANISED.search(text) or _LOOSE.search(text)):
        return True
    if things >= MANY and _WANTS.search(text):
        return True
    if people >= MANY and _ORGANISED.search(text) and (_WANTS.search(text) or heard):
        return True
    return bool(heard) and max(things, people) >= MANY


_FIGURE = re.compile(rf"(?<![0-9])(?P<n>{NUMBER})(?![号日月年点天次分码%折楼人周星礼岁位集页])")


def _figures(text: str) -> Iterator[Decimal]:
    for found in _FIGURE.finditer(text):
        value = number(found["n"])
        if value is not None and value < 10**7:
            yield value
