"""The study as typed objects: configuration, codebook, provenance, and input problems."""
