"""Tables and figures: draws and writes results, and knows no files of the study."""
