"""What the grammar knows and this version does not carry out, in the words of a message."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {}
"""By rule; nothing at present."""
