"""NGSI-LD entities: JSON in, neutral records, JSON out, and the operations between them. Pure: no database, no network."""
