"""How fast, how small, and what survives; measured, as ratios against a peer in the same run."""
