"""What a person agrees to, signs, and asks of those who keep her record."""
