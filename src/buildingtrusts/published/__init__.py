"""What the 2018 report printed: its claims, their recomputation, and a survey that fits them."""
