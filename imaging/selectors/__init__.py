"""Every read of imaging's own rows. DICOMweb answers from raw SQL in `rest/` under the same rules."""

from imaging.selectors.listing import listed, study_of
from imaging.selectors.shelves import (
    Candidate,
    Held,
    candidates,
    held,
    pending,
    put_aside,
    shelf_counts,
    unmatched,
    work,
)
from imaging.selectors.studies import Film, Picture, Viewing, film, studies_of_request, study, viewing

__all__ = [
    "Candidate",
    "Film",
    "Held",
    "Picture",
    "Viewing",
    "candidates",
    "film",
    "held",
    "listed",
    "pending",
    "put_aside",
    "shelf_counts",
    "studies_of_request",
    "study",
    "study_of",
    "unmatched",
    "viewing",
    "work",
]
