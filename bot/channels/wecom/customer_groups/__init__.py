"""客户联系: customers, their groups, and what an employee confirms for them."""

from bot.channels.wecom.customer_groups.channel import CustomerGroups

__all__ = ["CustomerGroups"]
