"""From a survey tool's file to tidy responses, checked by the codebook."""
