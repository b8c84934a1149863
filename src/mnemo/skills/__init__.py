"""Skills for clients that read them: how a planner, a worker and a reviewer use the ledger."""
