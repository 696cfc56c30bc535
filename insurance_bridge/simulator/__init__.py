"""The insurance platform (医保平台) as a program of its own: own process, own store, real HTTP.

It shares with the bridge only the pure computing in `insurance_bridge.engine` (messages, files, rule set).
Start it with `python -m insurance_bridge.simulator --data DIR --port N`.
"""
