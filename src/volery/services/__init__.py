"""The imperative shell: carries out what the engine decides, and puts the parts together."""
