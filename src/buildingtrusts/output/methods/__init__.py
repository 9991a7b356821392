"""The methods and results of a run as paragraphs for a paper, with their references."""
