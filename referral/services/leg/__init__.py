"""What every leg goes through, whoever takes the step.

- `steps`: what each step does · `asides`: what happens beside the table · `standing`: what both must know before ·
  `facts`: what the history says
- `timing`: when a leg is late · `late`: what the clock does then
- `publishing`: the leg in the record (FHIR) · `reading_on`: who may read the record because of it
- `persons`: a death, two records of one person
"""
