"""The form of an up leg (转出单).

- `page`: what it offers and knows · `filled`: its first words · `offers`: what may go along · `duplicates`: told before
- `sketches`: what was being typed · `reaching`: how patient, family and doctor are reached
"""
