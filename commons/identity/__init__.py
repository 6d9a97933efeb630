"""The city's shared identity system, behind a port (docs/hooks.md)."""
