"""How people and programs reach mnemo."""
