"""The way back to the branch.

- `returning`: the down leg (回转单), and up again when it gets worse · `plan`: taken over, visits, finished
"""
