"""Single units: how sparse, dead or always-on they are."""
