"""Tasks, dispatches and evidence."""
