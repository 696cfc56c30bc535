"""Pages of referral: lists, the form, one leg with its verbs, paper, figures."""
