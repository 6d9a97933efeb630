"""Chinese search: texts stored as overlapping pairs of characters, asked through one helper on PostgreSQL and SQLite.

Default tokenizers take a whole Chinese sentence for one word and find nothing.
"""
