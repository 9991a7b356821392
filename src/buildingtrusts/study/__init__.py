"""The study as typed objects: configuration, codebook, provenance, and how input errors are told."""
