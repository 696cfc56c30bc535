"""One leg on its page.

- `detail`: the page · `path`: its stepper · `asides`: what happened beside the table · `talk`: what the doctors say
- `chronicle`: every leg of the episode, of what `happened`, `retold` in words
"""
