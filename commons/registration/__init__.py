"""Opening an account oneself: a confirmed address, a real name, an organisation, colleagues; and a lost password."""
