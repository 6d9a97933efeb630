"""Certificates of people and organisations: whom the platform trusts, whose a certificate is, what may be used now."""
