"""The product's own version, as documents print it. It moves with CHANGELOG.md."""

RELEASE = "0.1.0"
