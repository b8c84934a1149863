"""What each client's configuration looks like, one module a client."""
