"""In-memory storage, independent of HTTP and of the API's resources."""
