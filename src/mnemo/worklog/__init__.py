"""The branch-aware log of what was done."""
