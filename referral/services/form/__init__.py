"""The form and its sender, until the receiving side has it (转出单).

- `sketching`: while it is typed · `drafting`: the draft · `judging`: the criteria · `consenting`: the patient's word
- `reaching`: telephones of patient and family · `signing`: its seal · `second`: the second signature
- `sending`: submit, supply, withdraw · `referring`: all of it with one press
- `backfill`: the papers of an emergency, written afterwards
"""
