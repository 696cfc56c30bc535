"""Writes of the chart."""

from emr.chart.services.adopting import adopt
from emr.chart.services.coding import code_diagnosis
from emr.chart.services.encounters import record_encounter
from emr.chart.services.launching import launch

__all__ = ["adopt", "code_diagnosis", "launch", "record_encounter"]
