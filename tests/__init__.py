"""The suite: one folder a room, mirroring the source; repos.py makes real repositories."""

import sys

# Else every worker, and every process that a test starts, would compile each module anew. This comes first.
sys.dont_write_bytecode = False
