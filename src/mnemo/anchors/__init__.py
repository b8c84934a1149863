"""Reading, pinning and judging the conditions that tie a claim to the code."""
