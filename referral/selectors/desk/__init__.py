"""What the receiving desk looks at.

- `triage`: the board · `glance`: one leg beside a list · `answering`: what it answers with · `guides`: of departments
- `opinions`: what specialists were asked · `waitlist`: who waits for a place · `bedboard`: the places themselves
"""
