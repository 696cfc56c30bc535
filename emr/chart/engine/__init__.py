"""Pure computing of the chart."""
