"""What the database must not tell before its time: sealed under keys that are not in the database."""
