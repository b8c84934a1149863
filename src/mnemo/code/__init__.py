"""The code as a graph: files, what they define, and what imports what."""
