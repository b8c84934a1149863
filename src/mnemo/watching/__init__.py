"""Watching: what is watched for the anchors' sake, what a change means, and who of many servers does it."""
