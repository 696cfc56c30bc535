"""Settings of signed papers: the licensed CA that follows the platform's own key, where there is one."""

from config import env

__all__ = ["CA_ADAPTER", "CA_PUBLIC_KEY", "CA_TIMEOUT", "CA_URL", "CRYPTO_PROVIDER"]

CRYPTO_PROVIDER = env.text("LIANYI_CRYPTO_PROVIDER")
"""Class that holds the keys (`kernel.crypto.provider`); software where nothing is set."""
CA_URL = env.text("LIANYI_CA_URL")
CA_PUBLIC_KEY = env.text("LIANYI_CA_PUBLIC_KEY")
"""A PEM file: only what this key signed counts as the CA's answer."""
CA_TIMEOUT = env.number("LIANYI_CA_TIMEOUT", 8)
CA_ADAPTER = env.text("LIANYI_CA_ADAPTER", "kernel.countersign.HttpCa")
