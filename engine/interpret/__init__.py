"""The interpreter: the plain reading of LANGUAGE.md, one contact at one instant.

It is the oracle of the tests and the source of every explanation, so each rule is written where a reader of the page
looks for it, without sharing or cleverness. `Reader.holds` answers conditions (two-valued), `Reader.value` values
(`None` is missing), `Reader.points` and `Reader.stage` scores. § are paragraphs of LANGUAGE.md; docs/rules.md goes the
other way, from each sentence to its function and its case.

`reader` holds the two `match` statements over conditions and values, and the events they speak of; `now` has time,
`comparing` and `reckoning` what is done with values, `scores` points and stages, `executor` all contacts of a store.
"""

from engine.interpret.executor import InterpreterExecutor
from engine.interpret.now import period_of
from engine.interpret.reader import Reader
from engine.interpret.setting import Setting, zones_of

__all__ = ["InterpreterExecutor", "Reader", "Setting", "period_of", "zones_of"]
