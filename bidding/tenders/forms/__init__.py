"""Forms of tenders, by who fills them in."""
