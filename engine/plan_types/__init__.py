"""The parts of the evaluation plan: poorer and stricter than the bound model, the same for every executor.

Everything about events became a `Leaf` with a content hash, computed once for all who ask; conditions and values
speak of fields, leaves and other definitions by name. `did`, `between` and bare yes-or-no values are comparisons here,
`and`/`or` are flat and sorted, durations are in their largest unit: texts that say the same give the same plan.
"""

# ruff: noqa: F403  # the package is one namespace: every name of its modules, and no list of them to keep

from engine.plan_types.conditions import *
from engine.plan_types.definitions import *
from engine.plan_types.leaves import *
from engine.plan_types.values import *
