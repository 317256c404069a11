"""Profiles (会员资料): what is on file about members, and how files name them."""

from bot.commons.profiles.personal import personal
from bot.commons.profiles.refs import (
    CHANNELS,
    PHONE,
    UNIONID,
    BadRef,
    Ref,
    Shared,
    find_ref,
    read_ref,
    tidy_phone,
    was_erased,
)
from bot.commons.profiles.service import Profile, keep_profile, profile_of

__all__ = [
    "CHANNELS",
    "PHONE",
    "UNIONID",
    "BadRef",
    "Profile",
    "Ref",
    "Shared",
    "find_ref",
    "keep_profile",
    "personal",
    "profile_of",
    "read_ref",
    "tidy_phone",
    "was_erased",
]
