"""The resources of the Protocol API. Independent of Flask and of what only tests need."""
