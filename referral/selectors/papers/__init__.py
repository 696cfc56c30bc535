"""What leaves the house on paper or as a file.

- `paper`: the two forms · `sheet`: as boxes, for page and PDF · `signers`: who signed · `drawn`: the name drawn
- `standing`: what stands under a printed code · `ledger`: the monthly register (转诊登记表)
"""
