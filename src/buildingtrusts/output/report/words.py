"""The words of the page in one place: what sections and figures are called and how they are led.

A study of other groups than trusts needs other words here, and nowhere else.
"""

from __future__ import annotations

LANGUAGE = "en-GB"
GROUP, GROUPS = "trust", "trusts"

#: What the page's own furniture says.
INTERFACE = {
    "skip": "Skip to the content",
    "opening": "The answer in five lines",
    "contents": "On this page",
    "switch": "Number of clusters",
    "panel": "{k} clusters",
    "tools": "Copy or download",
    "copy_data": "Copy data (CSV)",
    "save_data": "Download data (CSV)",
    "copy_picture": "Copy picture (PNG)",
    "save_picture": "Download picture (SVG)",
    "all": "all",
    "find": "Find in this table",
    "let_go": "Let go",
    "nobody": f"no {GROUP}",
    "hint": (
        "Point at a trust in a table or a figure, or choose one here, and it is marked in all of "
        "them. In a figure the arrow keys go from trust to trust; Enter keeps one marked, Escape "
        "lets it go."
    ),
    "whose": "Whose answers these are",
    "marked": f"The marked {GROUP}",
}

#: More trusts than this are chosen from a list, and not by a button each.
MOST_CHIPS = 60
THIN_ROWS = f"Each thin row is a {GROUP}: point at it, or choose one above, and it is named."

#: What a wave is called on a page of one wave, and what spans waves.
ONE_WAVE, STUDY = "The survey, step by step", "Claims, methods and sources"
#: The page of several waves, and what it is called where their titles do not begin alike.
TITLE_AND_YEARS = "{title}, {years}"
NO_TITLE = "{n} waves of one study"

#: How clusters were made, as one sentence of the page says it.
LINKAGES = {
    "average": "average linkage",
    "complete": "complete linkage",
    "single": "single linkage",
    "ward": "Ward's linkage",
}
METRICS = {
    "euclidean": "Euclidean distances",
    "manhattan": "Manhattan distances",
    "correlation": "correlation distances",
}
SCALINGS = {
    "none": "as they were given",
    "zscore": "brought to one mean and spread for each statement",
    "respondent_centred": "taken from each respondent's own mean",
}

#: Sections of a wave and of the study, by key.
SECTIONS = {
    "sample": "Who answered",
    "agreement": "How alike are people in a trust?",
    "clusters": "The tree and the clusters",
    "profiles": "What each cluster is like",
    "running": "How clusters run their trusts",
    "crosstabs": "Clusters and what trusts are",
    "evidence": "Are the clusters more than noise?",
    "population": "The sample and the population",
    "change": "Change between waves",
    "interviews": "Interviews",
    "published": "The report's printed tables, tested",
    "ledger": "The ledger: published beside recomputed",
    "methods": "Methods",
    "cite": "How to cite",
    "provenance": "Where all this comes from",
}

#: Titles of saved figures, by name. A figure that is not listed has its name as words.
FIGURES = {
    "sample": "Responses by trust and role",
    "agreement": "Agreement within trusts by statement",
    "ordination": "What the two axes rest on",
    "figure_6_standardisation": "How much standardisation staff want",
    "operating_model": "How centralised each trust is",
    "operations_profiles": "How far each cluster centralises each area",
    "effectiveness": "How effective trusts say they are",
    "crosstabs": "Trusts by cluster and attribute",
    "associations": "Effect sizes beside what chance gives",
    "performance_by_cluster": "Performance flags by cluster",
    "noise": "Silhouettes beside data without clusters",
    "stability": "Which clusters come back when staff are resampled",
    "assignment": "How often each trust stays in its cluster",
    "co_clustering": "How often two trusts share a cluster",
    "k_choice": "How many clusters do indices choose?",
    "continuum": "Clusters, or slices of a line?",
    "multiverse": "The same under other choices",
    "ensemble": "The verdict over many reconstructions",
    "sample_phase_mix": "Phase mix: sample and population",
    "sample_school_type_mix": "School type mix: sample and population",
    "sample_size_schools": "Size in schools: sample and population",
    "published_associations": "The printed tables: effect sizes beside chance",
    "ledger": "Claims by basis and verdict",
    "transitions": "Where trusts went between waves",
    "changes": "What changed between waves",
}
#: Figures of interviews, by what they show.
INTERVIEW_FIGURES = {
    "centralisation": "How central each area is, by the interviews",
    "break_points": "Who mentions which break point, by {attribute}",
}

ROLES = {
    "ceo": "Chief executive",
    "central_team": "Central team",
    "school_leader": "School leaders",
    "all": "All",
}

#: What a match of a claim is worth, by basis.
BASES = {
    "calibrated": "the answers were made to show these, so a match says that the pipeline works",
    "emergent": "these could be checked and were not fitted; no evidence about the survey",
    "derived": "these rest on the report's print, not on answers; what is computed is a finding",
    "register": "counted in the official register of schools and trusts",
    "data": "computed from the survey's own answers",
}
#: In the order in which they are counted.
VERDICTS = (
    "reproduced",
    "differs",
    "tie",
    "report inconsistent",
    "computed only",
    "not computable",
)
#: How so many claims with a verdict are told.
COUNTED = {
    "reproduced": "reproduced",
    "differs": "different",
    "tie": "tied",
    "report inconsistent": "contradicted by the report itself",
    "computed only": "without a published number",
    "not computable": "that cannot be computed",
}
#: A sign before each verdict, so that it is not told by colour alone.
SIGNS = {
    "reproduced": "✓",
    "differs": "≠",
    "tie": "=",
    "report inconsistent": "!",
    "computed only": "+",
    "not computable": "–",
}

QUESTIONS = (
    "May this be cited?",
    "What was asked, and who answered?",
    "What clusters?",
    "How sure is that?",
    "How much of the published report is reproduced?",
)
MAY_BE_CITED = {
    "original": (
        "Yes, with the references at the end of this page. The answers are the survey's own; "
        "the licence of the responses: {licence}"
    ),
    "reconstruction": (
        "Not as findings. These are not the survey's answers: they were generated to satisfy the "
        "published statistics, and nothing here is new evidence about {year} beyond the published "
        "numbers."
    ),
    "illustration": (
        "No. These answers are invented to show how the pipeline works, and are evidence about no "
        "{group}."
    ),
}
#: How verdicts on many reconstructions of one survey are told where they differ.
UNDETERMINED = "not determined"
NOT_SETTLED = (
    "Not settled: the published figures leave it open whether the clusters are more than noise. "
    "Of {n} reconstructions that fit these figures, {each}."
)
ENSEMBLE = {
    "supported": "{n} support the clusters",
    "weak": "{n} are weak evidence for them",
    "not distinguishable from noise": "{n} cannot be told from noise",
}
NOT_JUDGED = "Not judged: the evidence is switched off for this wave."
NO_CLAIMS = "No published claims are held against this study."
