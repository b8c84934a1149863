"""What is worth keeping of an exchange, and keeping it."""
