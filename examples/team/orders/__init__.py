"""What a team knows about its orders."""
