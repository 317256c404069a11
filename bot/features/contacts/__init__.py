"""Contacts (通讯录): hears who of the company comes, goes and is called otherwise."""

from bot.features.contacts.console import pages
from bot.features.contacts.handlers import router
from bot.kernel.feature import Feature

feature = Feature("contacts", router, pages=pages)
