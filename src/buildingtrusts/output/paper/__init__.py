"""Tables for paper: rounded for reading, with caption and notes. Their names import nothing."""

from __future__ import annotations

from collections.abc import Sequence

#: File formats that a table for paper can be written in, beside the study's one workbook.
PAPER_FORMATS: tuple[str, ...] = ("csv", "md", "tex", "docx")

#: Contract tables of a wave that its tables for paper are made from, without those of the evidence.
WAVE_SOURCES = (
    *("sample", "agreement", "partitions", "clusters", "silhouettes", "profiles", "crosstabs"),
    *("associations", "operating_model", "effectiveness", "standardisation"),
)
#: Those of the evidence.
EVIDENCE_SOURCES = ("permanova", "nulls", "stability", "verdict")

#: Tables that need a block of the questionnaire, and which.
_OF_A_BLOCK = {
    "operating_model": "operations",
    "effectiveness": "effectiveness",
    "standardisation": "standardisation",
}


def wave_paper_tables(
    report_k: Sequence[int], blocks: Sequence[str], attributes: Sequence[str], evidence: bool
) -> list[str]:
    """Names of the tables of one wave, in ``results/<wave>/paper/``, in the order of a paper.

    Parameters
    ----------
    report_k : sequence of int
        Numbers of clusters that are reported.
    blocks : sequence of str
        Blocks of the wave's questionnaire.
    attributes : sequence of str
        Attributes that clusters are tabulated against.
    evidence : bool
        Whether the evidence for the clusters is computed.

    Examples
    --------
    >>> wave_paper_tables([2], ["strategy"], [], False)
    ['sample', 'agreement', 'partitions', 'clusters', 'profiles_k2_strategy']
    """
    return [
        *("sample", "agreement", "partitions", "clusters"),
        *(("evidence", "stability") if evidence else ()),
        *(f"profiles_k{k}_{block}" for k in report_k for block in blocks),
        *(f"crosstabs_k{k}" for k in report_k if attributes),
        *(name for name, block in _OF_A_BLOCK.items() if block in blocks),
    ]


def study_paper_tables(tables: Sequence[str], waves: int, evidence: bool) -> list[str]:
    """Names of the tables that span waves, in ``results/paper/``.

    Parameters
    ----------
    tables : sequence of str
        Names of the contract tables that there are across waves.
    waves : int
        How many waves there are; what compares waves needs two.
    evidence : bool
        Whether the evidence of any wave is computed.

    Examples
    --------
    >>> study_paper_tables(["ledger", "published_associations"], 1, False)
    ['ledger_counts', 'ledger', 'published_associations']
    """
    return [
        *(("verdicts",) if evidence else ()),
        *("ledger_counts", "ledger", "published_associations"),
        *(("population",) if "population" in tables else ()),
        *(("transitions", "changes", "new_trusts") if waves > 1 else ()),
        *(("interviews", "break_points") if "interviews" in tables else ()),
    ]
