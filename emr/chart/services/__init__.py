"""Writes of the chart."""

from emr.chart.services.adopting import adopt
from emr.chart.services.coding import code_diagnosis
from emr.chart.services.encounters import record_encounter
from emr.chart.services.launching import launch
from emr.chart.services.loading import Place, load_people

__all__ = ["Place", "adopt", "code_diagnosis", "launch", "load_people", "record_encounter"]
