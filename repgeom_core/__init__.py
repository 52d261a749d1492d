"""RepGeom: see what a network has learned. Everything that computes; no streamlit in here."""

__version__ = "0.1.0"
