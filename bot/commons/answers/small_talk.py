"""What people say without asking or telling anything, in its closed form. Words only."""

NODS = frozenset(
    {"好", "好的", "好吧", "好滴", "好哒", "嗯", "嗯嗯", "嗯好", "嗯嗯好的", "哦", "哦哦", "噢"}
    | {"行", "ok", "okk", "知道了", "好的知道了", "收到", "明白", "明白了", "了解", "可以"}
    | {"是的", "对", "哈哈", "哈哈哈", "哈哈哈哈", "哈哈哈哈哈", "嘻嘻", "呵呵", "嘿嘿"}
    | {"晚安", "早安", "早上好", "再见", "拜拜"}
)
"""What asks for nothing, so that no answer is owed."""
THANKS = frozenset(
    {"谢谢", "谢谢你", "谢谢您", "谢谢你呀", "谢谢啦", "谢谢哦", "感谢", "多谢", "谢了", "thanks"}
    | {"好的谢谢", "好谢谢", "ok谢谢", "嗯谢谢", "谢谢谢谢", "3q", "thx", "辛苦了", "麻烦了"}
)
GREETINGS = frozenset(
    {"你好", "您好", "hi", "hello", "哈喽", "嗨", "在吗", "在么", "在不在", "亲", "喂", "你好呀"}
)
SMALL_TALK = NODS | THANKS | GREETINGS
