"""The official register of schools and trusts: what a trust is made of, and the population."""
