"""What the 2018 report printed: its claims, their recomputation, and responses that satisfy them."""
