"""Who was told.

- `notices`: of who asks · `texts`: to patients · `telling`: both, about one matter
"""
