"""Fixtures that every test tree shares, one subject a module."""
