"""Sessions, and what is kept or counted around them.

- `acting`: the post, lock, end · `endings`: ending them whole · `idle`: accounts nobody uses
- `kept`: what was typed when one was over · `devices`: known browsers
- `throttle`: failures counted · `locks`: taken off at once
"""
