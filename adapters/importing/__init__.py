"""Import: a file becomes contacts, events, facts, consents, suppressions or messages already sent.

`read_target` and `recognise` say what a file is; `run_import` stores it. Independent of the command line.
"""

from adapters.importing.account import ImportResult
from adapters.importing.recognition import Options, Recognition, recognise
from adapters.importing.run import run_import
from adapters.importing.sinks import EvidenceSink
from adapters.importing.targets import Problem, Target, read_target

__all__ = [
    "EvidenceSink",
    "ImportResult",
    "Options",
    "Problem",
    "Recognition",
    "Target",
    "read_target",
    "recognise",
    "run_import",
]
