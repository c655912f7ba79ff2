"""The syntax tree: what stands in a file, before anything is looked up.

One frozen class per rule of `dsl/grammar.lark`, of the same name (`rule_on` builds `RuleOn`), its fields in the
order of the rule's parts. Every node has a `span` outside equality. Clauses keep the order of the text.
"""

# ruff: noqa: F403  # the package is one namespace, as the rules of the grammar are: `dsl.build` finds each class here

from dsl.tree.blocks import *
from dsl.tree.causes import *
from dsl.tree.classes import *
from dsl.tree.conditions import *
from dsl.tree.leaves import *
from dsl.tree.limits import *
from dsl.tree.offers import *
from dsl.tree.page import *
from dsl.tree.quality import *
from dsl.tree.scenarios import *
from dsl.tree.scores import *
from dsl.tree.triggers import *
from dsl.tree.values import *
from dsl.tree.windows import *
