"""What the paragraphs cite, typed from the publications, as BibTeX and as text.

Only what is cited in a run is written: the file beside the text has neither too much nor too
little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from buildingtrusts.output.figures.words import join

#: Title of the software, as in CITATION.cff.
SOFTWARE_TITLE = "buildingtrusts: an open, rerunnable version of the 2018 study Building Trusts"
SOFTWARE_AUTHOR = "The buildingtrusts developers"


#: Where something was published, by BibTeX's names.
_PLACES = ("journal", "booktitle", "publisher", "institution")


@dataclass(frozen=True)
class Reference:
    """One publication.

    Attributes
    ----------
    key : str
        By which the text cites it.
    kind : str
        BibTeX's word for what it is, such as ``article``.
    authors : tuple of str
        ``Family, Given``; a body is one name without a comma.
    title : str
    details : dict of str to str
        The other fields by their BibTeX names: year, journal, volume, pages, doi.
    """

    key: str
    kind: str
    authors: tuple[str, ...]
    title: str
    details: Mapping[str, str]

    def bibtex(self) -> str:
        """The entry of a ``.bib`` file; braces keep the title's capitals."""
        names = " and ".join(
            name if "," in name or name == "others" else f"{{{name}}}"
            for name in map(_tex, self.authors)
        )
        fields = {"author": names, "title": f"{{{_tex(self.title)}}}"}
        fields |= {
            name: value if name in ("doi", "url") else _tex(value)
            for name, value in self.details.items()
        }
        width = max(map(len, fields))
        lines = [f"  {name:<{width}} = {{{value}}}," for name, value in fields.items()]
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}"])

    def cited_as(self) -> str:
        """Authors and year, as a text cites them in brackets.

        Examples
        --------
        >>> one = Reference("k", "book", ("Ay, B.", "Cee, D."), "T", {"year": "1990"})
        >>> one.cited_as()
        'Ay and Cee, 1990'
        """
        names = [name.split(",")[0] for name in self.authors]
        several = len(names) > 2 or "others" in names
        who = f"{names[0]} et al." if several else " and ".join(names)
        return f"{who}, {self.details.get('year', 'n.d.')}"

    def text(self) -> str:
        """The entry as a line of a list of references.

        Examples
        --------
        >>> details = {"year": "1990", "journal": "J", "volume": "2", "number": "1--2"}
        >>> Reference("k", "article", ("Ay, Bo C.", "Dee, E."), "On it", details).text()
        'Ay, B. C. and Dee, E. (1990). On it. J, 2(1–2).'
        """
        known = {name: value.replace("--", "–") for name, value in self.details.items()}
        names = [_with_initials(name) for name in self.authors if name != "others"]
        who = join(names) if len(names) == len(self.authors) else f"{', '.join(names)} et al."
        where = next((known[one] for one in _PLACES if one in known), "")
        volume = known.get("volume", "") + (f"({known['number']})" if "number" in known else "")
        place = ", ".join(filter(None, (where, volume, known.get("pages", ""))))
        # A DOI may hold two dashes.
        link = f"https://doi.org/{self.details['doi']}" if "doi" in known else known.get("url", "")
        version = f"Version {known['version']}" if "version" in known else ""
        head = f"{who} ({known.get('year', 'n.d.')})"
        return ". ".join(filter(None, (head, self.title, place, version))) + f". {link}".rstrip()


def _with_initials(name: str) -> str:
    family, _, given = name.partition(", ")
    return f"{family}, {' '.join(f'{one[0]}.' for one in given.split())}" if given else family


def _tex(text: str) -> str:
    for plain, written in (("&", r"\&"), ("%", r"\%"), ("#", r"\#"), ("_", r"\_")):
        text = text.replace(plain, written)
    return text


def _article(
    key: str, authors: str, title: str, journal: str, year: int, place: str, doi: str
) -> Reference:
    """An article; ``place`` is ``volume(number):pages``, the number if there is one."""
    volume, _, pages = place.partition(":")
    volume, _, number = volume.rstrip(")").partition("(")
    details = {"journal": journal, "year": str(year), "volume": volume}
    if number:
        details["number"] = number
    details |= {"pages": pages, "doi": doi}
    return Reference(key, "article", tuple(authors.split("; ")), title, details)


def _book(key: str, authors: str, title: str, publisher: str, year: int, doi: str) -> Reference:
    details = {"publisher": publisher, "year": str(year)} | ({"doi": doi} if doi else {})
    return Reference(key, "book", tuple(authors.split("; ")), title, details)


_LITERATURE = (
    Reference(
        "baars2018",
        "techreport",
        (
            *("Baars, Sam", "Menzies, Loic", "Bowen-Viner, Kate", "Bernardes, Eleanor"),
            *("Kirk, Chris", "Theobald, Katy"),
        ),
        "Building Trusts: MAT leadership and coherence of vision, strategy and operations",
        {"institution": "Ambition School Leadership", "address": "London", "year": "2018"},
    ),
    Reference(
        "bliese2000",
        "incollection",
        ("Bliese, Paul D.",),
        "Within-group agreement, non-independence, and reliability: Implications for data "
        "aggregation and analysis",
        {
            "booktitle": "Multilevel Theory, Research, and Methods in Organizations",
            "editor": "Klein, Katherine J. and Kozlowski, Steve W. J.",
            "publisher": "Jossey-Bass",
            "year": "2000",
            "pages": "349--381",
        },
    ),
    Reference(
        "mckinney2010",
        "inproceedings",
        ("McKinney, Wes",),
        "Data structures for statistical computing in Python",
        {
            "booktitle": "Proceedings of the 9th Python in Science Conference",
            "year": "2010",
            "pages": "56--61",
            "doi": "10.25080/Majora-92bf1922-00a",
        },
    ),
    _article(
        "anderson2001",
        "Anderson, Marti J.",
        "A new method for non-parametric multivariate analysis of variance",
        "Austral Ecology",
        2001,
        "26(1):32--46",
        "10.1111/j.1442-9993.2001.01070.pp.x",
    ),
    _article(
        "bergsma2013",
        "Bergsma, Wicher",
        "A bias-correction for Cramér's V and Tschuprow's T",
        "Journal of the Korean Statistical Society",
        2013,
        "42(3):323--328",
        "10.1016/j.jkss.2012.10.002",
    ),
    _article(
        "box1954",
        "Box, George E. P.",
        "Some theorems on quadratic forms applied in the study of analysis of variance problems, "
        "II. Effects of inequality of variance and of correlation between errors in the two-way "
        "classification",
        "The Annals of Mathematical Statistics",
        1954,
        "25(3):484--498",
        "10.1214/aoms/1177728717",
    ),
    _article(
        "calinski1974",
        "Caliński, Tadeusz; Harabasz, Jerzy",
        "A dendrite method for cluster analysis",
        "Communications in Statistics",
        1974,
        "3(1):1--27",
        "10.1080/03610927408827101",
    ),
    _book(
        "cramer1946",
        "Cramér, Harald",
        "Mathematical Methods of Statistics",
        "Princeton University Press",
        1946,
        "",
    ),
    _article(
        "davies1979",
        "Davies, David L.; Bouldin, Donald W.",
        "A cluster separation measure",
        "IEEE Transactions on Pattern Analysis and Machine Intelligence",
        1979,
        "PAMI-1(2):224--227",
        "10.1109/TPAMI.1979.4766909",
    ),
    _article(
        "deboeck2005",
        "De Boeck, Paul; Wilson, Mark; Acton, G. Scott",
        "A conceptual and psychometric framework for distinguishing categories and dimensions",
        "Psychological Review",
        2005,
        "112(1):129--158",
        "10.1037/0033-295X.112.1.129",
    ),
    _article(
        "duncan1955",
        "Duncan, Otis Dudley; Duncan, Beverly",
        "A methodological analysis of segregation indexes",
        "American Sociological Review",
        1955,
        "20(2):210--217",
        "10.2307/2088328",
    ),
    _article(
        "dunn1974",
        "Dunn, J. C.",
        "Well-separated clusters and optimal fuzzy partitions",
        "Journal of Cybernetics",
        1974,
        "4(1):95--104",
        "10.1080/01969727408546059",
    ),
    _book(
        "efron1993",
        "Efron, Bradley; Tibshirani, Robert J.",
        "An Introduction to the Bootstrap",
        "Chapman & Hall",
        1993,
        "10.1201/9780429246593",
    ),
    _article(
        "freeman1951",
        "Freeman, G. H.; Halton, J. H.",
        "Note on an exact treatment of contingency, goodness of fit and other problems of "
        "significance",
        "Biometrika",
        1951,
        "38(1/2):141--149",
        "10.1093/biomet/38.1-2.141",
    ),
    _article(
        "gao2024",
        "Gao, Lucy L.; Bien, Jacob; Witten, Daniela",
        "Selective inference for hierarchical clustering",
        "Journal of the American Statistical Association",
        2024,
        "119(545):332--342",
        "10.1080/01621459.2022.2116331",
    ),
    _article(
        "harris2020",
        "Harris, Charles R.; Millman, K. Jarrod; van der Walt, Stéfan J.; others",
        "Array programming with NumPy",
        "Nature",
        2020,
        "585:357--362",
        "10.1038/s41586-020-2649-2",
    ),
    _article(
        "hennig2007",
        "Hennig, Christian",
        "Cluster-wise assessment of cluster stability",
        "Computational Statistics & Data Analysis",
        2007,
        "52(1):258--271",
        "10.1016/j.csda.2006.11.025",
    ),
    _article(
        "holm1979",
        "Holm, Sture",
        "A simple sequentially rejective multiple test procedure",
        "Scandinavian Journal of Statistics",
        1979,
        "6(2):65--70",
        "10.2307/4615733",
    ),
    _article(
        "hope1968",
        "Hope, Adery C. A.",
        "A simplified Monte Carlo significance test procedure",
        "Journal of the Royal Statistical Society: Series B",
        1968,
        "30(3):582--598",
        "10.1111/j.2517-6161.1968.tb00759.x",
    ),
    _article(
        "hubert1976",
        "Hubert, Lawrence J.; Levin, Joel R.",
        "A general statistical framework for assessing categorical clustering in free recall",
        "Psychological Bulletin",
        1976,
        "83(6):1072--1080",
        "10.1037/0033-2909.83.6.1072",
    ),
    _article(
        "hubert1985",
        "Hubert, Lawrence; Arabie, Phipps",
        "Comparing partitions",
        "Journal of Classification",
        1985,
        "2:193--218",
        "10.1007/BF01908075",
    ),
    _article(
        "hunter2007",
        "Hunter, John D.",
        "Matplotlib: A 2D graphics environment",
        "Computing in Science & Engineering",
        2007,
        "9(3):90--95",
        "10.1109/MCSE.2007.55",
    ),
    _article(
        "james1984",
        "James, Lawrence R.; Demaree, Robert G.; Wolf, Gerrit",
        "Estimating within-group interrater reliability with and without response bias",
        "Journal of Applied Psychology",
        1984,
        "69(1):85--98",
        "10.1037/0021-9010.69.1.85",
    ),
    _book(
        "kaufman1990",
        "Kaufman, Leonard; Rousseeuw, Peter J.",
        "Finding Groups in Data: An Introduction to Cluster Analysis",
        "Wiley",
        1990,
        "10.1002/9780470316801",
    ),
    _article(
        "kimes2017",
        "Kimes, Patrick K.; Liu, Yufeng; Hayes, David Neil; Marron, James Stephen",
        "Statistical significance for hierarchical clustering",
        "Biometrics",
        2017,
        "73(3):811--821",
        "10.1111/biom.12647",
    ),
    _article(
        "kuhn1955",
        "Kuhn, Harold W.",
        "The Hungarian method for the assignment problem",
        "Naval Research Logistics Quarterly",
        1955,
        "2(1--2):83--97",
        "10.1002/nav.3800020109",
    ),
    _article(
        "meinshausen2008",
        "Meinshausen, Nicolai",
        "Hierarchical testing of variable importance",
        "Biometrika",
        2008,
        "95(2):265--278",
        "10.1093/biomet/asn007",
    ),
    _article(
        "molder2021",
        "Mölder, Felix; Jablonski, Kim Philipp; Letcher, Brice; others",
        "Sustainable data analysis with Snakemake",
        "F1000Research",
        2021,
        "10:33",
        "10.12688/f1000research.29032.2",
    ),
    _article(
        "murtagh2014",
        "Murtagh, Fionn; Legendre, Pierre",
        "Ward's hierarchical agglomerative clustering method: Which algorithms implement Ward's "
        "criterion?",
        "Journal of Classification",
        2014,
        "31:274--295",
        "10.1007/s00357-014-9161-z",
    ),
    _article(
        "rao1988",
        "Rao, J. N. K.; Wu, C. F. J.",
        "Resampling inference with complex survey data",
        "Journal of the American Statistical Association",
        1988,
        "83(401):231--241",
        "10.1080/01621459.1988.10478591",
    ),
    _article(
        "rousseeuw1987",
        "Rousseeuw, Peter J.",
        "Silhouettes: A graphical aid to the interpretation and validation of cluster analysis",
        "Journal of Computational and Applied Mathematics",
        1987,
        "20:53--65",
        "10.1016/0377-0427(87)90125-7",
    ),
    _article(
        "shrout1979",
        "Shrout, Patrick E.; Fleiss, Joseph L.",
        "Intraclass correlations: Uses in assessing rater reliability",
        "Psychological Bulletin",
        1979,
        "86(2):420--428",
        "10.1037/0033-2909.86.2.420",
    ),
    _article(
        "simonsohn2020",
        "Simonsohn, Uri; Simmons, Joseph P.; Nelson, Leif D.",
        "Specification curve analysis",
        "Nature Human Behaviour",
        2020,
        "4(11):1208--1214",
        "10.1038/s41562-020-0912-z",
    ),
    _article(
        "sokal1962",
        "Sokal, Robert R.; Rohlf, F. James",
        "The comparison of dendrograms by objective methods",
        "Taxon",
        1962,
        "11(2):33--40",
        "10.2307/1217208",
    ),
    _article(
        "steegen2016",
        "Steegen, Sara; Tuerlinckx, Francis; Gelman, Andrew; Vanpaemel, Wolf",
        "Increasing transparency through a multiverse analysis",
        "Perspectives on Psychological Science",
        2016,
        "11(5):702--712",
        "10.1177/1745691616658637",
    ),
    _article(
        "tibshirani2001",
        "Tibshirani, Robert; Walther, Guenther; Hastie, Trevor",
        "Estimating the number of clusters in a data set via the gap statistic",
        "Journal of the Royal Statistical Society: Series B",
        2001,
        "63(2):411--423",
        "10.1111/1467-9868.00293",
    ),
    _article(
        "tibshirani2005",
        "Tibshirani, Robert; Walther, Guenther",
        "Cluster validation by prediction strength",
        "Journal of Computational and Graphical Statistics",
        2005,
        "14(3):511--528",
        "10.1198/106186005X59243",
    ),
    _article(
        "virtanen2020",
        "Virtanen, Pauli; Gommers, Ralf; Oliphant, Travis E.; others",
        "SciPy 1.0: Fundamental algorithms for scientific computing in Python",
        "Nature Methods",
        2020,
        "17:261--272",
        "10.1038/s41592-019-0686-2",
    ),
)


def references_for(keys: Iterable[str], software_version: str) -> tuple[Reference, ...]:
    """The references of these keys, each once, in the order of their keys.

    Raises
    ------
    ValueError
        If a key is of no reference.

    Examples
    --------
    >>> [one.key for one in references_for(["holm1979", "anderson2001", "holm1979"], "1.0")]
    ['anderson2001', 'holm1979']
    """
    software = Reference(
        "buildingtrusts",
        "software",
        (SOFTWARE_AUTHOR,),
        SOFTWARE_TITLE,
        {"version": software_version},
    )
    known = {one.key: one for one in (*_LITERATURE, software)}
    unknown = sorted(set(keys := list(keys)) - set(known))
    if unknown:
        raise ValueError(f"the text cites {unknown}, which are no references; type them here.")
    return tuple(known[key] for key in sorted(set(keys)))
