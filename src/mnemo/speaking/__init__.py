"""When memory speaks by itself: what is told, when, and what was told already."""
