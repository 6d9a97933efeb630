"""Shared by every test. The cast (owner, bidders, staff …) lives in `tests.cast`."""
