"""What objects may look like: strict types, attributes by name. No nouns; marshmallow only."""
