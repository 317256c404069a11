"""Audit (操作记录): whatever acts on people is written here."""

from bot.commons.audit.service import personal, record

__all__ = ["personal", "record"]
