"""The bound model: what `dsl.bind` makes of the trees of all files and the schema.

No names are left to look up, every value has a type, defaults are filled in. Spans stay (outside equality),
because explanations show people their own words. A closed union for conditions (yes or no, always two-valued)
and one for values (which may be missing).
"""

# ruff: noqa: F403  # the package is one namespace: every name of its modules, and no list of them to keep

from dsl.model.blocks import *
from dsl.model.causes import *
from dsl.model.classes import *
from dsl.model.conditions import *
from dsl.model.limits import *
from dsl.model.offers import *
from dsl.model.project import *
from dsl.model.quality import *
from dsl.model.scenarios import *
from dsl.model.scores import *
from dsl.model.time import *
from dsl.model.triggers import *
from dsl.model.values import *
