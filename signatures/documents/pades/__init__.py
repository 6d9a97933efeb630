"""PDFs as bytes: drawing what a signature looks like, preparing, filling in, adding proof, checking. No Django.

The form is PAdES (ETSI EN 319 142-1): a signature is prepared here, signed wherever the key is, filled in with a time
stamp (B-T), joined by the proof of its certificates (B-LT) and sealed by a time stamp of the whole document (B-LTA).
"""
