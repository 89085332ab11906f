"""The API page, ``/docs``: Swagger UI on our documents, served from here, offline."""
