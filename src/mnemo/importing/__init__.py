"""What a project already knows, made into claims."""
