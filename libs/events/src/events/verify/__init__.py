"""What must hold of logs, topics and tables, each check by the id of its invariant (docs/verify.md).

Pure: a check reads rows and gives a Finding. `events.cli` and each service's `verify` fetch the rows.
"""

from .finding import Finding

__all__ = ["Finding"]
