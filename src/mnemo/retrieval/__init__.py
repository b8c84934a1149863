"""Finding, judging and packing what is told."""
