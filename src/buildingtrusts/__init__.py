"""Cluster organisations on what their staff say of them, and say how far to trust it.

The package reads survey ratings (strategy statements from 1 to 10, operating areas from 0 to 10),
averages them by multi-academy trust, clusters the trusts, tabulates the clusters against
attributes of the trusts, and holds every recomputed number against the published one. The study
it was made for is Baars, S., Menzies, L., Bowen-Viner, K., Bernardes, E., Kirk, C. and
Theobald, K. (2018), *Building Trusts: MAT leadership and coherence of vision, strategy and
operations*, London: Ambition School Leadership.
"""

__version__ = "0.1.0"
