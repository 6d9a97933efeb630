"""The city's shared licence library 电子证照库, behind a port (docs/hooks.md)."""
