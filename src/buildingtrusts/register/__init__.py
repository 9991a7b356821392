"""The official register of schools and trusts: what a trust is made of, and the population.

============================  ====================================================
:mod:`.extract`               a dated extract of the register, read and checked
:mod:`.cutoffs`               where attributes are cut, as data with their sources
:mod:`.trusts`                the attributes of each open multi-academy trust
:mod:`.population`            how many trusts are at each level, beside a sample
============================  ====================================================
"""
