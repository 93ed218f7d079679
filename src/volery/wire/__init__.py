"""What a server takes and gives: structs, and the one interface of all that answers for it."""
