"""How texts and questions become terms. Pure."""
