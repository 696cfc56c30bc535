"""What every leg goes through, whoever takes the step.

- `steps`: what each step does · `standing`: what it must know before · `facts`: what its history says
- `timing`: when a leg is late · `late`: what the clock does then
- `publishing`: the leg in the record (FHIR) · `reading_on`: who may read the record because of it
- `persons`: a death, two records of one person
"""
