"""Input of referral, split by what is being done."""
