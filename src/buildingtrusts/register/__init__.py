"""The official register of schools and trusts: what a trust is made of, and the population.

============================  ====================================================
:mod:`.extract`               a dated extract of the register, read and checked
:mod:`.cutoffs`               where attributes are cut, as data with their sources
:mod:`.trusts`                the attributes of each open multi-academy trust
:mod:`.population`            how many trusts are at each level, beside a sample
============================  ====================================================
"""

#: The register's licence, by its name in the list of SPDX, and what it wants to be said.
LICENCE = "OGL-UK-3.0"
ATTRIBUTION = (
    "Contains public sector information from DfE Get Information About Schools, licensed under "
    "the Open Government Licence v3.0."
)
