"""Plotly figures: results in, go.Figure out; used by pages, notebooks and reports alike."""
