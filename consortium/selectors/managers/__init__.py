"""What the three managers see on their consoles.

- `alarms`: raised by the rules of `watch` · `auditing`: the chain · `running`: how the platform is doing
- `deliveries`: messages between rooms that failed · `privacy`: the register of personal information
"""
