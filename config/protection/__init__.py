"""The evidence pack of graded protection level 3: clause, control, where it is, which test breaks it, what it gave."""
