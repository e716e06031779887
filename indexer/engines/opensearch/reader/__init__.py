"""Answer a plan from the cluster: requests, exact scores, documents, and the mapped vocabulary."""
