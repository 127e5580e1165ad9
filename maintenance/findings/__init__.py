"""The one ledger of hidden dangers 隐患台账."""
