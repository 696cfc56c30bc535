"""What the three managers do on their consoles.

- `alarms`: taken over, closed with a finding · `watching`: the rules that raise them
- `delivering`: failed messages between rooms tried again
- `auditing`: the chain searched, verified, taken out · `reporting`: its week in numbers
"""
