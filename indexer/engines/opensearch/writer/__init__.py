"""Analyse documents and write them to the cluster, also in parts on several machines."""
