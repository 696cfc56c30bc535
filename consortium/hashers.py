"""How passwords are hashed: Argon2id, tuned so that a sign-in stays far below 150 ms of CPU."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class StaffArgon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, 3 passes, 1 lane (above OWASP's least): about 30 ms of one core."""

    time_cost = 3
    memory_cost = 19_456
    parallelism = 1


class RandomPasswordArgon2(StaffArgon2):
    """For generated random passwords of 90 bits alone: nobody can guess them, so the hash need not be slow.

    Same algorithm name with smaller parameters; the first sign-in hashes the password again in full.
    """

    time_cost = 1
    memory_cost = 1_024
