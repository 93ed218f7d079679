"""Help for tests: of this project, of its plugins, and of users' workflows."""
