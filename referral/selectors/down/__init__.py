"""The way back to the branch.

- `downside`: medicines, who may take over · `followups`: visits that are due · `readings`: what was measured at one
- `bounce`: up again within thirty days
"""
