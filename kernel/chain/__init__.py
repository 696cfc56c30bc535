"""The audit chain below `kernel.audit`: entries appended in lanes, verified, signed at checkpoints, closed by month."""
