"""What makes identity data right: numbers, documents, names, contact data.

Pure rules on plain values. It knows no case, no store, no message and no clock: "today" is handed in.
"""
