"""One tick: evaluate at an instant, see what changed, judge, reserve. Nothing leaves here (see `engine.handover`).

A tick compares this instant's states with those the ledger keeps from the tick before. Evaluation happens outside the
ledger's transaction; then, inside one transaction, the tick before is read again (another run may have come first: then
the tick starts anew), everything is judged and written. A tick happens as a whole or not at all.
"""

from engine.tick.attempt import tick
from engine.tick.choice import Choice, Costs, Passes
from engine.tick.engine import Engine, activity, memory_at
from engine.tick.report import ClockRanBack, TickReport, TooMany

__all__ = [
    "Choice",
    "ClockRanBack",
    "Costs",
    "Engine",
    "Passes",
    "TickReport",
    "TooMany",
    "activity",
    "memory_at",
    "tick",
]
