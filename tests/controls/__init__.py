"""Controls switched off on purpose: mutation testing of what graded protection asks for.

`switches/` is a literal table: for each clause of `config/protection/clauses/` what is switched off and how. One
switch is applied to the real code while it is imported, in the test process and in every process it starts; then the
tests the clause names must fail. `script/controls` does that for all of them.
"""
