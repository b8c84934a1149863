"""How well recall answers: written expectations, and citations that a history holds."""
