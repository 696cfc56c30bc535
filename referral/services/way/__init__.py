"""On the way, and not come.

- `moving`: setting out, emergencies, turning back · `handing`: the hand-over sheet · `calling`: those who did not come
"""
