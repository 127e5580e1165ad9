"""Routes and rounds 巡检: points that are walked, scanned and checked, and the sheets made of them."""
