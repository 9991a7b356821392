"""The report: one page of a run's results, from tables and figures to a single HTML file."""
