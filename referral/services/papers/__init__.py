"""What leaves the house on paper or as a file.

- `printing`: a form · `registering`: the monthly register (转诊登记表)
"""
