"""Small frozen values without input or output."""
