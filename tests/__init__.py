"""The suite: one folder a room, mirroring the source; repos.py makes real repositories."""
