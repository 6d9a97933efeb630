"""The inbox: what the platform told a person or an organisation, in the reader's own language."""
