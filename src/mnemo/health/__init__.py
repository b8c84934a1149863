"""Backups, restoring, trust and checks."""
