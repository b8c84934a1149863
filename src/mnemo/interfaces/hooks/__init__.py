"""The hooks of clients: standard library only, quick, and never in the way."""
