"""Filing: content files become rows, which follow their files until somebody takes part."""

from bot.commons.filing.service import Filing, Frozen, Wanted

__all__ = ["Filing", "Frozen", "Wanted"]
