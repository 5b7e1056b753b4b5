"""A lifecycle in other forms: tables in plain English, diagrams, a picture, JSON; all made from its rows, none kept by hand.

It must not know any case, store or clock.
"""

from __future__ import annotations

from bisdesk.describe.diagrams import dot, mermaid
from bisdesk.describe.document import as_json, document, table
from bisdesk.describe.picture import svg

__all__ = ["as_json", "document", "dot", "mermaid", "svg", "table"]
