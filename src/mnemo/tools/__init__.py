"""What mnemo can do: thin functions, one module a toolset."""
