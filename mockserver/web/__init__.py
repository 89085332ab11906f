"""The APIs, the dashboard and the documentation over HTTP. Only this package imports Flask."""
