"""The front door: HTTP to the rooms behind it. The only place that imports Flask."""
