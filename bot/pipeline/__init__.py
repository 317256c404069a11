"""The durable trip of a message: inbox, dispatch, outbox, sender, and what wakes them."""
