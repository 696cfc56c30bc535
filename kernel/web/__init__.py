"""The edge every app shares: middleware, forms, the workflow API's doors, what a refusal looks like."""
