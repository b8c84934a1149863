"""What is claimed, withdrawn and corrected."""
