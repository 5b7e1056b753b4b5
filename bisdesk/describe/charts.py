"""The charts of the desk as inline SVG: frozen values in, a picture and the same numbers as a table out.

Words come in, in the language of the page; looks come from classes. They must not know any case, store or clock.
"""

from __future__ import annotations

from bisdesk.describe.chart_bars import Bar, GroupedBars, StackedBars, ageing, failure_causes, load
from bisdesk.describe.chart_flow import Week, WeeklyFlow, weekly_flow
from bisdesk.describe.chart_heat import HeatMap, heat_map
from bisdesk.describe.chart_parts import Caption, Cell, Chart, Numbers, Table
from bisdesk.describe.chart_spread import SlaSpread, Spread, sla_spread

__all__ = [
    "Bar",
    "Caption",
    "Cell",
    "Chart",
    "GroupedBars",
    "HeatMap",
    "Numbers",
    "SlaSpread",
    "Spread",
    "StackedBars",
    "Table",
    "Week",
    "WeeklyFlow",
    "ageing",
    "failure_causes",
    "heat_map",
    "load",
    "sla_spread",
    "weekly_flow",
]
