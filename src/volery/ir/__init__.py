"""The intermediate representation: definitions and values as data."""
