"""The resources of the Protocol API. Independent of Flask and of the test controls."""
