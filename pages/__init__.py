"""The pages of the dashboard: they read widgets, call the core and draw."""
