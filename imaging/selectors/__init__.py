"""Every read of imaging's own rows. DICOMweb answers from raw SQL in `rest/` under the same rules."""

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
    "pending",
    "put_aside",
    "shelf_counts",
    "studies_of_request",
    "study",
    "unmatched",
    "viewing",
    "work",
]
