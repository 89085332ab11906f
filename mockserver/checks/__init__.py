"""Reports of what was checked: a table for people, JUnit's XML for CI. Standard library only."""
