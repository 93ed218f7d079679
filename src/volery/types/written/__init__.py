"""Values the way people write them: from text and JSON to wire trees."""
