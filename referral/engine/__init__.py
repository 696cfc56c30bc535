"""Pure computing of referral: no Django, no database, no clock."""
