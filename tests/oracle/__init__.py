"""An independent reading of the contract, and random contracts to try it on. Imports nothing of the product."""
