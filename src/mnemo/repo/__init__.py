"""The only look at the working tree and at git."""
