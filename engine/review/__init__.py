"""What a change of the playbooks does, seen in the typed models alone: no store, no counts, no text compared."""

from engine.review.change import Change, Kind, Reason, gravest
from engine.review.compare import changes

__all__ = ["Change", "Kind", "Reason", "changes", "gravest"]
