"""Questions about bids before they are sealed: what a section asks, and what the company keeps."""

from bidding.bids.queries.library import LibraryView, library_of
from bidding.bids.queries.sections import Composing, composing, requirements_of

__all__ = ["Composing", "LibraryView", "composing", "library_of", "requirements_of"]
