"""What every implementation of a seam must do, as functions to call in tests."""
