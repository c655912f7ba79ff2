"""One message by itself, through a channel that hands over several abreast."""

from __future__ import annotations

from engine.abreast import Abreast
from engine.protocols import Commit, Receipt, Rendered, Unreachable


def alone(channel: Abreast, message: Rendered, commit: Commit, full: str) -> Receipt:
    """Announce a message, mark it by `commit`, let it go and wait for its reply; dropped where the marker says no or
    cannot be written. `full`: why the channel takes none now.

    Raises what `announce` and `commit` raise, and Unreachable before `commit` where the channel is full."""
    begun = channel.announce(message)
    if begun is None:
        raise Unreachable(full)
    if isinstance(begun, Receipt):
        return begun
    try:
        go = commit()
    except BaseException:
        begun.drop()
        raise
    if not go:
        begun.drop()
        return Receipt("failed", "not handed over")
    begun.go()
    return begun.reply()
